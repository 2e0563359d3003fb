import * as z from 'zod'
import { AUDIT } from './audit.ts'
import { CHANGES, STALE } from './changes.ts'
import { ERASURE, ERASURE_LIST } from './erasure.ts'
import { HAPPENING, HELLO } from './events.ts'
import { EXPLANATION } from './explanation.ts'
import {
  COMPARISON_FIGURES,
  DIFFERENCE_LINE,
  DIFFERENCES,
  LATEST_VERIFICATION,
  LATEST_VERIFIED,
  VERIFIED,
  VERIFY_DIFFERENCES,
} from './differences.ts'
import { DISCARDED, FAILED_ROW, FAILED_ROWS, FAILURE_LIST, REPLAYED, SHOWN_FAILURE } from './failures.ts'
import { LIVENESS, READINESS } from './health.ts'
import { JAVA_COMPARISON } from './java-comparison.ts'
import { DAY, FLAG, INSTANT, KEPT, TEXT, WHOLE } from './parts.ts'
import { FOUND, LISTED } from './lists.ts'
import { PROBLEM, RUN_PROBLEM } from './problem.ts'
import { PROCESSES } from './processes.ts'
import { RESYNC } from './resync.ts'
import { RUN, RUN_FIELDS } from './run.ts'
import { NOTIFICATION, NOTIFICATION_LIST, NOTIFICATION_TESTS } from './notifications.ts'
import { LIVE_LISTS } from './live-lists.ts'
import { SCHEDULE } from './schedule.ts'

const INSTALLATION = {
  live: KEPT.nullable().describe('what is live'),
  previous: KEPT.nullable().describe('what a rollback returns to'),
  heldBack: KEPT.nullable().describe('what waits for an operator to promote or discard'),
  java: KEPT.nullable().describe("what was made of the Java services' indexes, and is kept until it is discarded"),
  stale: z.array(STALE).readonly().describe('kept generations that missed a change'),
}

const DAY_MOVED_BACK = z
  .strictObject({ from: DAY.describe('day of what was live'), to: DAY.describe('day of what is live now') })
  .nullable()
  .describe('set if the promoted run is of an earlier day; else null')

/** A run, and what is known beside it. */
export const STATUS = z.strictObject({
  ...RUN_FIELDS,
  failedRows: WHOLE.describe('failed rows of its generation'),
  failures: z.array(FAILED_ROW).readonly().describe('the first ten of them'),
  hasActiveWriter: FLAG.nullable().describe('whether a worker is running; null if the run is over'),
  changes: CHANGES.nullable().describe('live changes; null if no writer has consumed any yet'),
  latestVerification: LATEST_VERIFICATION.nullable().describe('the latest result; null if there is none'),
  lists: LIVE_LISTS.nullable().describe('how the lists of live are stored; null if nothing is live'),
  stale: INSTALLATION.stale,
  ...PROCESSES.shape,
})

export const RUNS = z.strictObject({
  current: TEXT.nullable().describe('id of the run in progress'),
  ...INSTALLATION,
  runs: z.array(RUN).readonly().describe('newest first, at most `--limit`'),
})

/** What is live after a change of it, and what a rollback returns to. */
export const LIVE = z.strictObject({ live: INSTALLATION.live, previous: INSTALLATION.previous })

/** What a rollback led to. */
export const ROLLED_BACK = z.strictObject({
  ...LIVE.shape,
  asOf: INSTANT.nullable().describe(
    "set if live is what was made of the Java services' indexes: when that was; changes since then are not in it",
  ),
})

export const PROMOTED_RUN = z.strictObject({ ...RUN_FIELDS, dayMovedBack: DAY_MOVED_BACK })

/** A result that programs may rely on: what a command prints with `--json`, or an HTTP route answers. */
export interface Result {
  readonly schema: z.ZodType
  /** The object whose fields the result also has. */
  readonly extends?: z.ZodType
  /** When the result is not an object of the schema. */
  readonly note?: string
}

/** Every documented result, by the command with its `--json` or by the route. Source of docs/json.md. */
export const RESULTS = {
  'reval status [run] --json': {
    schema: STATUS.nullable(),
    extends: RUN,
    note: '`null` if there is no run yet.',
  },
  'reval status --processes --json': { schema: PROCESSES },
  'GET /api/sync/runs/:id': {
    schema: STATUS,
    extends: RUN,
    note: '`latest` stands for the id of the run in progress, or else of the last one.',
  },
  'GET /api/sync/runs/:id/failures': { schema: FAILED_ROWS },
  'GET /api/sync/status': {
    schema: z.strictObject({
      current: RUN.nullable().describe('the run in progress'),
      ...INSTALLATION,
      changes: CHANGES.nullable().describe('live changes; null if no writer has consumed any yet'),
      verification: LATEST_VERIFICATION.nullable().describe('the latest result; null if there is none'),
      lists: LIVE_LISTS.nullable().describe('how the lists of live are stored; null if nothing is live'),
      ...PROCESSES.shape,
    }),
  },
  'GET /api/sync/events': {
    schema: HAPPENING,
    note: 'Server-sent events: one `hello` (an object as below), then an object for each event, whose name is also the name of the message, and `bye` with `again`, after how many seconds to connect again.',
  },
  'the message `hello` of GET /api/sync/events': { schema: HELLO },
  'reval runs --json, GET /api/sync/runs': { schema: RUNS },
  'reval sync --json, POST /api/sync': {
    schema: RUN,
    note: 'The command prints the run as it ended, the route answers with the run as it was requested.',
  },
  'GET /api/sync': { schema: RUN, note: 'As it was requested.' },
  'reval cancel --json, POST /api/sync/runs/:id/cancel': { schema: RUN },
  'reval rollback --json, POST /api/sync/rollback': { schema: ROLLED_BACK },
  'reval promote --json': {
    schema: LIVE.extend({ dayMovedBack: DAY_MOVED_BACK }),
  },
  'POST /api/sync/runs/:id/promote': {
    schema: PROMOTED_RUN,
    extends: RUN,
  },
  'reval discard --json, POST /api/sync/runs/:id/discard': { schema: RUN },
  'reval list --json, GET /api/sync/lists/:list': { schema: LISTED, note: 'It has personal data.' },
  'reval find --json, GET /api/sync/find': { schema: FOUND, note: 'It has personal data.' },
  'reval compare --json': { schema: DIFFERENCES },
  'reval compare --with-java --json': { schema: JAVA_COMPARISON },
  'reval verify --json': { schema: VERIFY_DIFFERENCES },
  'GET /api/sync/compare': {
    schema: DIFFERENCE_LINE,
    note: 'NDJSON: a line for each difference, then one as of `?summary=true`, or the error that ended it. It has personal data: the route needs the role support.',
  },
  'GET /api/sync/compare?summary=true': { schema: COMPARISON_FIGURES },
  'POST /api/sync/verify': { schema: RUN, note: 'As it was requested.' },
  'GET /api/sync/verify': { schema: LATEST_VERIFIED, note: 'The first hundred findings.' },
  'GET /api/sync/verify/:run': { schema: VERIFIED },
  'reval explain --json, GET /api/sync/explain/:key': {
    schema: EXPLANATION,
    note: 'It has personal data: the route needs the role support.',
  },
  'reval resync --json, POST /api/sync/resync': { schema: RESYNC },
  'reval erase --json, POST /api/sync/erase': { schema: ERASURE },
  'reval erase --list --json, GET /api/sync/erasures': { schema: ERASURE_LIST },
  'reval failures list --json, GET /api/sync/failures': { schema: FAILURE_LIST },
  'reval failures show --json, GET /api/sync/failures/:place/:key': { schema: SHOWN_FAILURE },
  'reval failures replay --json, POST /api/sync/failures/replay': { schema: REPLAYED },
  'reval failures discard --json, POST /api/sync/failures/discard': { schema: DISCARDED },
  'reval audit --json, GET /api/sync/audit': { schema: AUDIT },
  'reval schedule --json, GET /api/sync/schedule': { schema: SCHEDULE },
  'reval notify --json, GET /api/sync/notifications': { schema: NOTIFICATION_LIST },
  'reval notify --test --json': { schema: NOTIFICATION_TESTS },
  'body of a webhook': { schema: NOTIFICATION, note: 'Signed: see [notifications](operations.md#notifications).' },
  'GET /health/live': { schema: LIVENESS, note: 'The same for `/health/<service>/live`.' },
  'GET /health/ready': {
    schema: READINESS,
    note: 'The status is 200 or 503. The same for `/health/<service>/ready`.',
  },
  'any route, with a status of 400 or above': { schema: PROBLEM },
  'POST /api/sync and POST /api/sync/verify, with status 409': { schema: RUN_PROBLEM },
} as const satisfies Readonly<Record<string, Result>>
