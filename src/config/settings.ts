import { RABBITMQ_SETTINGS } from '../adapters/broker/rabbitmq/settings.ts'
import { SQS_SETTINGS } from '../adapters/broker/sqs/settings.ts'
import { SEARCH_SETTINGS } from '../adapters/opensearch/settings.ts'
import { MONGODB_SETTINGS } from '../adapters/sources/mongodb/settings.ts'
import { MYSQL_SETTINGS } from '../adapters/sources/mysql/settings.ts'
import { designatedBodies } from './designated-bodies-file.ts'
import { LIKENESS_SETTINGS } from './likeness-settings.ts'
import { javaPeers } from './peers.ts'
import { TOPOLOGY_SETTINGS } from './topology-settings.ts'
import {
  host,
  oneOf,
  path,
  seconds,
  secretText,
  setting,
  share,
  text,
  wholeNumber,
  type Setting,
} from '../adapters/setting.ts'

/** Every setting there is: reading, refusing unknown ones, help and documentation all come from this table. */
export const SETTINGS = {
  backends: setting({
    variable: 'REVAL_BACKENDS',
    schema: oneOf(['embedded', 'servers']),
    fallback: 'embedded',
    unit: null,
    description: 'files of one directory in one process (embedded), or the servers that are named below',
  }),
  dataDir: setting({
    variable: 'REVAL_DATA_DIR',
    schema: path(),
    fallback: './data',
    unit: null,
    description: 'directory of the embedded backends',
  }),
  scratchDir: setting({
    variable: 'REVAL_SCRATCH_DIR',
    schema: path(),
    fallback: '',
    unit: null,
    description: 'directory of the scratch file of a run; scratch in REVAL_DATA_DIR where nothing is set',
  }),
  fillWith: setting({
    variable: 'REVAL_FILL_WITH',
    schema: text(),
    fallback: '',
    unit: null,
    description: 'script with which load and demo-data fill a test stack; never set it beside systems of record',
  }),
  host: setting({
    variable: 'REVAL_HOST',
    schema: host(),
    fallback: '127.0.0.1',
    unit: null,
    description: 'address that HTTP binds to',
  }),
  port: setting({
    variable: 'REVAL_PORT',
    schema: wholeNumber(0, 65_535),
    fallback: '8088',
    unit: null,
    description: 'port that HTTP listens on; 0 takes any that is free',
  }),
  operatorToken: setting({
    variable: 'REVAL_OPERATOR_TOKEN',
    schema: secretText().refine((token) => token === '' || token.length >= 16, 'must be of at least 16 characters'),
    fallback: '',
    unit: null,
    description: 'token of whoever changes something over HTTP; has to be set beyond loopback',
    secret: true,
  }),
  logLevel: setting({
    variable: 'REVAL_LOG_LEVEL',
    schema: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    unit: null,
    description: 'least level that is logged',
  }),
  logFormat: setting({
    variable: 'REVAL_LOG_FORMAT',
    schema: oneOf(['json', 'pretty', 'auto']),
    fallback: 'auto',
    unit: null,
    description: 'form of the log; auto is pretty on a terminal and json elsewhere',
  }),
  trainees: setting({
    variable: 'REVAL_TRAINEES',
    schema: oneOf(['all', 'usable']),
    fallback: 'all',
    unit: null,
    description: 'which persons of TCS become trainees',
  }),
  designatedBodies: setting({
    variable: 'REVAL_DESIGNATED_BODIES',
    schema: designatedBodies(),
    fallback: '',
    unit: null,
    description: 'JSON file of the designated bodies and their owners, in place of the table of the rules',
  }),
  messageRows: setting({
    variable: 'REVAL_MESSAGE_ROWS',
    schema: wholeNumber(1, 10_000),
    fallback: '500',
    unit: 'rows',
    description: 'most rows in a message',
  }),
  messageBytes: setting({
    variable: 'REVAL_MESSAGE_BYTES',
    schema: wholeNumber(10_000, 1_000_000),
    fallback: '200000',
    unit: 'bytes',
    description: 'longest body of a message of several rows',
  }),
  prefetch: setting({
    variable: 'REVAL_PREFETCH',
    schema: wholeNumber(1, 1_000),
    fallback: '8',
    unit: 'messages',
    description: 'messages of a data queue that may be at work at a time',
  }),
  writeRows: setting({
    variable: 'REVAL_WRITE_ROWS',
    schema: wholeNumber(1, 10_000),
    fallback: '1000',
    unit: 'rows',
    description: 'rows that are written to the index store together',
  }),
  pollMs: setting({
    variable: 'REVAL_POLL_MS',
    schema: wholeNumber(10, 60_000),
    fallback: '200',
    unit: 'milliseconds',
    description: 'how often the ledger is looked at when nothing else happens',
  }),
  writerLeaseMs: setting({
    variable: 'REVAL_WRITER_LEASE_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '20',
    unit: 'seconds',
    description: "how long the writer's lease lasts unless it is renewed; then another integration takes over",
  }),
  leaseMs: setting({
    variable: 'REVAL_LEASE_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '30',
    unit: 'seconds',
    description: 'how long the claim of a stage lasts unless it is renewed',
  }),
  claimTimeoutMs: setting({
    variable: 'REVAL_CLAIM_TIMEOUT_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '10',
    unit: 'seconds',
    description: 'after how long a command that nobody claimed is published again',
  }),
  claimTries: setting({
    variable: 'REVAL_CLAIM_TRIES',
    schema: wholeNumber(1, 1_000),
    fallback: '6',
    unit: 'times',
    description: 'how often a command is published before the run fails',
  }),
  maxRestarts: setting({
    variable: 'REVAL_MAX_RESTARTS',
    schema: wholeNumber(0, 1_000),
    fallback: '4',
    unit: 'times',
    description: 'how often a run may begin again after a fault',
  }),
  maxTakeovers: setting({
    variable: 'REVAL_MAX_TAKEOVERS',
    schema: wholeNumber(0, 1_000),
    fallback: '20',
    unit: 'times',
    description: 'how often a run may begin again because another integration process took over',
  }),
  stallMs: setting({
    variable: 'REVAL_STALL_SECONDS',
    schema: seconds(1, 86_400),
    fallback: '120',
    unit: 'seconds',
    description: 'how long a stage may go without progress before the run begins again',
  }),
  sendAhead: setting({
    variable: 'REVAL_SEND_AHEAD',
    schema: wholeNumber(1, 1_000),
    fallback: '8',
    unit: 'messages',
    description: 'messages that a sender has under way before the broker confirmed the first of them',
  }),
  quietMs: setting({
    variable: 'REVAL_QUIET_SECONDS',
    schema: seconds(1, 3_600),
    fallback: '10',
    unit: 'seconds',
    description: 'after the end message of a sender without headers, how long nothing may come until its stage ends',
  }),
  unprovedShare: setting({
    variable: 'REVAL_CHECK_UNPROVED_SHARE',
    schema: share(),
    fallback: '0.02',
    unit: 'share of the rows',
    description: 'by how much an unproved run may differ from what is live, up or down, and go live by itself',
  }),
  ...LIKENESS_SETTINGS,
  acceptFailures: setting({
    variable: 'REVAL_CHECK_ACCEPT_FAILURES',
    schema: wholeNumber(0, 1_000_000_000),
    fallback: '0',
    unit: 'rows',
    description: 'failed rows that are accepted besides those that failed alike in the live run',
  }),
  keepRuns: setting({
    variable: 'REVAL_KEEP_RUNS',
    schema: wholeNumber(1, 100_000),
    fallback: '200',
    unit: 'runs',
    description: 'runs that are kept in the ledger',
  }),
  javaPeers: setting({
    variable: 'REVAL_JAVA_PEERS',
    schema: javaPeers(),
    fallback: '',
    unit: null,
    description: 'which of the services are Java ones: none, or names with commas between',
  }),
  sourceRowsPerSecond: setting({
    variable: 'REVAL_SOURCE_ROWS_PER_SECOND',
    schema: wholeNumber(0, 10_000_000),
    fallback: '0',
    unit: 'rows a second',
    description: 'most rows of a source that are read in a second, to spare it; 0 is without a limit',
  }),
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
  /** The text that counts where nothing is set; empty where that is nothing. */
  readonly fallback: string
  readonly unit: string | null
  readonly description: string
}

/** Every setting in a line, in the order of the documentation. */
export function describeSettings(): readonly SettingDescription[] {
  return Object.values(SETTINGS).map(({ variable, fallback, unit, description }) => ({
    variable,
    fallback,
    unit,
    description,
  }))
}
