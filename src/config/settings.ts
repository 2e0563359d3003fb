import { RABBITMQ_SETTINGS } from '../adapters/broker/rabbitmq/settings.ts'
import { SQS_SETTINGS } from '../adapters/broker/sqs/settings.ts'
import { SEARCH_SETTINGS } from '../adapters/opensearch/settings.ts'
import { MONGODB_SETTINGS } from '../adapters/sources/mongodb/settings.ts'
import { MYSQL_SETTINGS } from '../adapters/sources/mysql/settings.ts'
import { designatedBodies } from './designated-bodies-file.ts'
import { LIKENESS_SETTINGS } from './likeness-settings.ts'
import { CONSOLE_SETTINGS } from './console-settings.ts'
import { LIST_SETTINGS } from './list-settings.ts'
import { ACCESS_SETTINGS } from './access-settings.ts'
import { NOTIFICATION_SETTINGS } from './notification-settings.ts'
import { SCHEDULE_SETTINGS } from './schedule-settings.ts'
import { REMOTE_SETTINGS } from './remote-settings.ts'
import { javaPeers } from './peers.ts'
import { TOPOLOGY_SETTINGS } from './topology-settings.ts'
import {
  days,
  host,
  oneOf,
  path,
  seconds,
  setting,
  orOff,
  serverUrl,
  share,
  text,
  wholeNumber,
  type Setting,
} from '../adapters/setting.ts'

/** All settings. Reading, rejecting unknown ones, help and documentation use this table. */
export const SETTINGS = {
  backends: setting({
    variable: 'REVAL_BACKENDS',
    schema: oneOf(['embedded', 'servers']),
    fallback: 'embedded',
    unit: null,
    description: 'embedded: files in one directory, one process; servers: the servers configured below',
  }),
  dataDir: setting({
    variable: 'REVAL_DATA_DIR',
    schema: path(),
    fallback: './data',
    unit: null,
    description: 'data directory of the embedded backends',
  }),
  scratchDir: setting({
    variable: 'REVAL_SCRATCH_DIR',
    schema: path(),
    fallback: '',
    unit: null,
    description: 'directory of the scratch file of a run; if not set, scratch in REVAL_DATA_DIR',
  }),
  fillWith: setting({
    variable: 'REVAL_FILL_WITH',
    schema: text(),
    fallback: '',
    unit: null,
    description: 'script that load and demo-data use to fill a test stack; never set it for systems of record',
  }),
  host: setting({
    variable: 'REVAL_HOST',
    schema: host(),
    fallback: '127.0.0.1',
    unit: null,
    description: 'address HTTP binds to',
  }),
  port: setting({
    variable: 'REVAL_PORT',
    schema: wholeNumber(0, 65_535),
    fallback: '8088',
    unit: null,
    description: 'port HTTP listens on; 0 picks any free port',
  }),
  publicUrl: setting({
    variable: 'REVAL_PUBLIC_URL',
    schema: serverUrl(['https', 'http'], 'https://reval.example.org').transform((url) => url.replace(/\/+$/, '')),
    description: 'address at which people reach the HTTP of integration; links in notifications begin with it',
  }),
  ...ACCESS_SETTINGS,
  ...REMOTE_SETTINGS,
  logLevel: setting({
    variable: 'REVAL_LOG_LEVEL',
    schema: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    unit: null,
    description: 'minimum log level',
  }),
  logFormat: setting({
    variable: 'REVAL_LOG_FORMAT',
    schema: oneOf(['json', 'pretty', 'auto']),
    fallback: 'auto',
    unit: null,
    description: 'log format; auto is pretty on a terminal, otherwise json',
  }),
  tracesUrl: setting({
    variable: 'REVAL_TRACES',
    schema: serverUrl(['http', 'https'], 'http://127.0.0.1:4318'),
    fallback: '',
    unit: null,
    description: 'OpenTelemetry collector (OTLP over HTTP) that traces are sent to; if not set, there are none',
  }),
  trainees: setting({
    variable: 'REVAL_TRAINEES',
    schema: oneOf(['all', 'usable']),
    fallback: 'all',
    unit: null,
    description: 'which people in TCS become trainees',
  }),
  designatedBodies: setting({
    variable: 'REVAL_DESIGNATED_BODIES',
    schema: designatedBodies(),
    fallback: '',
    unit: null,
    description: 'JSON file of designated bodies and their owners; replaces the built-in table',
  }),
  messageRows: setting({
    variable: 'REVAL_MESSAGE_ROWS',
    schema: wholeNumber(1, 10_000),
    fallback: '500',
    unit: 'rows',
    description: 'maximum rows per message',
  }),
  messageBytes: setting({
    variable: 'REVAL_MESSAGE_BYTES',
    schema: wholeNumber(10_000, 1_000_000),
    fallback: '200000',
    unit: 'bytes',
    description: 'maximum body size of a message with several rows',
  }),
  prefetch: setting({
    variable: 'REVAL_PREFETCH',
    schema: wholeNumber(1, 1_000),
    fallback: '8',
    unit: 'messages',
    description: 'maximum unacknowledged messages per data queue',
  }),
  writeRows: setting({
    variable: 'REVAL_WRITE_ROWS',
    schema: wholeNumber(1, 10_000),
    fallback: '1000',
    unit: 'rows',
    description: 'rows per write to the index store',
  }),
  pollMs: setting({
    variable: 'REVAL_POLL_MS',
    schema: wholeNumber(10, 60_000),
    fallback: '200',
    unit: 'milliseconds',
    description: 'how often the idle ledger is polled',
  }),
  writerLeaseMs: setting({
    variable: 'REVAL_WRITER_LEASE_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '20',
    unit: 'seconds',
    description: "how long the writer's lease lasts without renewal; then another integration process takes over",
  }),
  leaseMs: setting({
    variable: 'REVAL_LEASE_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '30',
    unit: 'seconds',
    description: 'how long a stage claim lasts without renewal',
  }),
  claimTimeoutMs: setting({
    variable: 'REVAL_CLAIM_TIMEOUT_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '10',
    unit: 'seconds',
    description: 'how long until an unclaimed command is published again',
  }),
  claimTries: setting({
    variable: 'REVAL_CLAIM_TRIES',
    schema: wholeNumber(1, 1_000),
    fallback: '6',
    unit: 'times',
    description: 'how often an unclaimed command is published before the run fails',
  }),
  maxRestarts: setting({
    variable: 'REVAL_MAX_RESTARTS',
    schema: wholeNumber(0, 1_000),
    fallback: '4',
    unit: 'times',
    description: 'how often a run may restart after a failure',
  }),
  maxTakeovers: setting({
    variable: 'REVAL_MAX_TAKEOVERS',
    schema: wholeNumber(0, 1_000),
    fallback: '20',
    unit: 'times',
    description: 'how often a run may restart because another integration process took over',
  }),
  stallMs: setting({
    variable: 'REVAL_STALL_SECONDS',
    schema: seconds(1, 86_400),
    fallback: '120',
    unit: 'seconds',
    description: 'how long a stage may make no progress before the run restarts',
  }),
  sendAheadBytes: setting({
    variable: 'REVAL_SEND_AHEAD_BYTES',
    schema: wholeNumber(1_000_000, 10_000_000_000),
    fallback: '64000000',
    unit: 'bytes',
    description: 'how far a sender may be ahead of its receiver; must exceed what it sends in two seconds',
  }),
  quietMs: setting({
    variable: 'REVAL_QUIET_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '10',
    unit: 'seconds',
    description: 'how long the queue of a sender without headers, or to a Java integration, must be quiet at its end',
  }),
  unprovedShare: setting({
    variable: 'REVAL_CHECK_UNPROVED_SHARE',
    schema: share(),
    fallback: '0.02',
    unit: 'share of the rows',
    description: 'how much an unproved run may differ from the live one, up or down, and still go live automatically',
  }),
  ...LIST_SETTINGS,
  ...CONSOLE_SETTINGS,
  ...LIKENESS_SETTINGS,
  previewShare: setting({
    variable: 'REVAL_PREVIEW_SHARE',
    schema: orOff(share()),
    fallback: 'off',
    unit: 'share of the rows',
    description: 'hold a run back as a preview if it moves a larger share of a list or of the doctors of a body',
  }),
  acceptFailures: setting({
    variable: 'REVAL_CHECK_ACCEPT_FAILURES',
    schema: wholeNumber(0, 1_000_000_000),
    fallback: '0',
    unit: 'rows',
    description: 'failed rows accepted in addition to those that failed the same way in the live run',
  }),
  keepRuns: setting({
    variable: 'REVAL_KEEP_RUNS',
    schema: wholeNumber(1, 100_000),
    fallback: '200',
    unit: 'runs',
    description: 'runs kept in the ledger',
  }),
  keepRunsMs: setting({
    variable: 'REVAL_KEEP_RUNS_DAYS',
    schema: days(0, 3_650),
    fallback: '0',
    unit: 'days',
    description: 'how long runs are kept in the ledger; 0 limits only their number',
  }),
  keepHeldBackMs: setting({
    variable: 'REVAL_KEEP_HELD_BACK_DAYS',
    schema: days(0, 3_650),
    fallback: '14',
    unit: 'days',
    description: 'how long a held-back generation is kept before it is discarded; 0 is until another is held back',
  }),
  keepPreviousMs: setting({
    variable: 'REVAL_KEEP_PREVIOUS_DAYS',
    schema: days(0, 3_650),
    fallback: '0',
    unit: 'days',
    description: 'how long the previous generation is kept to roll back to; 0 is until another run goes live',
  }),
  keepFailuresMs: setting({
    variable: 'REVAL_KEEP_FAILURES_DAYS',
    schema: days(1, 3_650),
    fallback: '30',
    unit: 'days',
    description: 'how long dead letters, and the values quoted in the reasons of failed rows, are kept',
  }),
  keepAuditMs: setting({
    variable: 'REVAL_KEEP_AUDIT_DAYS',
    schema: days(1, 3_650),
    fallback: '730',
    unit: 'days',
    description: 'how long the entries of the audit log are kept',
  }),
  javaPeers: setting({
    variable: 'REVAL_JAVA_PEERS',
    schema: javaPeers(),
    fallback: 'none',
    unit: null,
    description: 'which services are Java services: none, or a comma-separated list',
  }),
  sourceRowsPerSecond: setting({
    variable: 'REVAL_SOURCE_ROWS_PER_SECOND',
    schema: wholeNumber(0, 10_000_000),
    fallback: '0',
    unit: 'rows a second',
    description: 'limit on reading a source, to reduce its load; 0 is unlimited',
  }),
  liveChanges: setting({
    variable: 'REVAL_LIVE_CHANGES',
    schema: oneOf(['auto', 'on', 'off']),
    fallback: 'auto',
    unit: null,
    description: 'whether changes are applied between syncs; auto: with REVAL_MYSQL_URL, or on embedded backends',
  }),
  sourceLagMs: setting({
    variable: 'REVAL_SOURCE_LAG_SECONDS',
    schema: seconds(0, 86_400),
    fallback: '0',
    unit: 'seconds',
    description: 'longest lag of a source that is a replica; changed rows are refreshed again after it; 0: never again',
  }),
  verifySettleMs: setting({
    variable: 'REVAL_VERIFY_SETTLE_SECONDS',
    schema: seconds(0, 3_600),
    fallback: '60',
    unit: 'seconds',
    description: 'how long the message of a change may take to arrive before a difference is reported',
  }),
  ...SCHEDULE_SETTINGS,
  ...NOTIFICATION_SETTINGS,
  ...RABBITMQ_SETTINGS,
  ...SQS_SETTINGS,
  ...MYSQL_SETTINGS,
  ...MONGODB_SETTINGS,
  ...SEARCH_SETTINGS,
  ...TOPOLOGY_SETTINGS,
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof SETTINGS

export interface SettingDescription {
  readonly variable: string
  /** The default; may be empty. */
  readonly fallback: string
  readonly unit: string | null
  readonly description: string
}

/** Describes all settings, in the order of the documentation. */
export function describeSettings(): readonly SettingDescription[] {
  return Object.values(SETTINGS).map(({ variable, fallback, unit, description }) => ({
    variable,
    fallback,
    unit,
    description,
  }))
}
