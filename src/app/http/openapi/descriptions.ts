import * as z from 'zod'
import { LISTS } from '../../../domain/list-query.ts'
import { SERVICE_NAMES } from '../../../ports/run-ledger.ts'
import { COMPARISON_FIGURES, DIFFERENCE_LINE } from '../../json/differences.ts'
import { READINESS } from '../../json/health.ts'
import { RUN_PROBLEM } from '../../json/problem.ts'
import { RESULTS, type Result } from '../../json/results.ts'
import { AUDIT_QUERY } from '../audit-routes.ts'
import { COMPARE_QUERY } from '../compare-routes.ts'
import { ERASE_BODY } from '../erase-routes.ts'
import { EVENTS_QUERY } from '../event-routes.ts'
import { EXPLAIN_PARAMS } from '../explain-routes.ts'
import { DISCARD_SELECTION, FAILURE_LIST_QUERY, FAILURE_PARAMS, FAILURE_QUERY, SELECTION } from '../failure-routes.ts'
import { FIND_QUERY, PAGE_QUERIES } from '../list-parameters.ts'
import { PROBLEM_TYPE } from '../problem.ts'
import { RESYNC_BODY } from '../resync-routes.ts'
import { FAILED_ROWS_QUERY, REASON_BODY, ROLLBACK_BODY, RUN_PARAMS, RUNS_QUERY, START_BODY } from '../sync-routes.ts'
import { VERIFICATION_PAGE, VERIFICATION_PARAMS, VERIFY_BODY } from '../verify-routes.ts'

/** What the OpenAPI document says about a route, besides its rule in the table of routes and its result in `RESULTS`. */
export interface RouteDescription {
  readonly tag: 'health' | 'runs' | 'verification' | 'rows' | 'failures' | 'audit'
  readonly summary: string
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Whether the body may be left out. */
  readonly isBodyOptional?: boolean
  /** The status of its result, if it is not 200. */
  readonly status?: 202
  /** Problems besides those that follow from the route's access and input. */
  readonly problems?: readonly (404 | 409 | 504)[]
  /** Answers in addition to the result, or replacing it. */
  readonly answers?: Readonly<Record<number, Answer>>
}

export interface Answer {
  readonly description: string
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>
}

/** A route that requests a run. */
const REQUESTS_RUN = {
  status: 202,
  isBodyOptional: true,
  answers: {
    409: {
      description: 'Another run is in progress, or a run cannot be requested now',
      content: { [PROBLEM_TYPE]: { schema: RUN_PROBLEM } },
    },
  },
} as const

/** A route that asks the writer to decide about a run. */
const DECIDES = {
  tag: 'runs',
  params: RUN_PARAMS,
  body: REASON_BODY,
  isBodyOptional: true,
  problems: [404, 409, 504],
} as const

const NOT_READY = {
  503: { description: 'A dependency is not ready', content: { 'application/json': { schema: READINESS } } },
}

const DESCRIPTIONS: Readonly<Record<string, RouteDescription>> = {
  'GET /health/live': { tag: 'health', summary: 'Whether the process responds' },
  'GET /health/ready': { tag: 'health', summary: 'Whether every service can work', answers: NOT_READY },
  ...Object.fromEntries(
    SERVICE_NAMES.flatMap((name): [string, RouteDescription][] => [
      [`GET /health/${name}/live`, { tag: 'health', summary: `Whether the process of ${name} responds` }],
      [`GET /health/${name}/ready`, { tag: 'health', summary: `Whether ${name} can work`, answers: NOT_READY }],
    ]),
  ),

  'GET /metrics': {
    tag: 'health',
    summary: 'Metrics, for Prometheus',
    answers: { 200: { description: 'See docs/metrics.md', content: { 'text/plain': { schema: z.string() } } } },
  },

  'POST /api/sync': { ...REQUESTS_RUN, tag: 'runs', summary: 'Start a run', body: START_BODY },
  'GET /api/sync': { ...REQUESTS_RUN, tag: 'runs', summary: 'Start a run, for existing callers: use POST' },
  'GET /api/sync/status': { tag: 'runs', summary: 'The run in progress, what is live, and live changes' },
  'GET /api/sync/events': {
    tag: 'runs',
    summary: 'What happens, as server-sent events',
    query: EVENTS_QUERY,
    answers: {
      200: {
        description: 'A stream, which ends after `seconds`',
        content: { 'text/event-stream': { schema: z.string().describe('each message as docs/json.md describes it') } },
      },
    },
  },
  'GET /api/sync/runs': { tag: 'runs', summary: 'Runs, newest first', query: RUNS_QUERY },
  'GET /api/sync/runs/:id': { tag: 'runs', summary: 'A run, by its id or as latest', params: RUN_PARAMS },
  'GET /api/sync/runs/:id/failures': {
    tag: 'runs',
    summary: 'The failed rows of a run',
    params: RUN_PARAMS,
    query: FAILED_ROWS_QUERY,
  },
  'POST /api/sync/runs/:id/cancel': { ...DECIDES, summary: 'Cancel a run' },
  'POST /api/sync/runs/:id/promote': { ...DECIDES, summary: 'Promote a held-back run' },
  'POST /api/sync/runs/:id/discard': { ...DECIDES, summary: 'Discard a held-back run' },
  'POST /api/sync/rollback': {
    tag: 'runs',
    summary: "Roll back to the previous generation, or to the run of the Java services' indexes; run again to undo",
    body: ROLLBACK_BODY,
    isBodyOptional: true,
    problems: [404, 409, 504],
  },
  'GET /api/sync/compare': {
    tag: 'verification',
    summary: 'Compare two runs',
    query: COMPARE_QUERY,
    problems: [404, 409],
    answers: {
      200: {
        description: 'The differences, or only the figures if `summary` is true',
        content: {
          'application/x-ndjson': {
            schema: DIFFERENCE_LINE.describe(
              'each line except the last, which has the figures, or a problem as `error` if the comparison failed',
            ),
          },
          'text/csv': {
            schema: z.string().describe('the differences; the connection breaks off if the comparison fails'),
          },
          'application/json': { schema: COMPARISON_FIGURES },
        },
      },
    },
  },
  'POST /api/sync/verify': { ...REQUESTS_RUN, tag: 'verification', summary: 'Verify live', body: VERIFY_BODY },
  'GET /api/sync/verify': { tag: 'verification', summary: 'The latest verification' },
  'GET /api/sync/verify/:run': {
    tag: 'verification',
    summary: 'The verification of a run',
    params: VERIFICATION_PARAMS,
    query: VERIFICATION_PAGE,
  },
  'GET /api/sync/explain/:key': {
    tag: 'rows',
    summary: 'Explain why a doctor is in each list or not',
    params: EXPLAIN_PARAMS,
  },
  ...Object.fromEntries(
    LISTS.map((list): [string, RouteDescription] => [
      `GET /api/sync/lists/${list}`,
      {
        tag: 'rows',
        summary: `A page of the list ${list}, as operators see it`,
        query: list === 'doctors' ? PAGE_QUERIES.doctors : PAGE_QUERIES.others,
        problems: [409],
      },
    ]),
  ),
  'GET /api/sync/find': {
    tag: 'rows',
    summary: 'Doctors by name, GMC number or programme, and the lists that they are in',
    query: FIND_QUERY,
    problems: [409],
  },
  'POST /api/sync/resync': {
    tag: 'rows',
    summary: 'Read rows from the sources again and update the live generation',
    body: RESYNC_BODY,
    problems: [409, 504],
  },
  'GET /api/sync/failures': { tag: 'failures', summary: 'Failed rows and dead letters', query: FAILURE_LIST_QUERY },
  'GET /api/sync/failures/:place/:key': {
    tag: 'failures',
    summary: 'A failed row or a dead letter',
    params: FAILURE_PARAMS,
    query: FAILURE_QUERY,
  },
  'POST /api/sync/failures/replay': {
    tag: 'failures',
    summary: 'Replay failures: refresh their rows',
    body: SELECTION,
    problems: [404, 409, 504],
  },
  'POST /api/sync/failures/discard': {
    tag: 'failures',
    summary: 'Discard failures',
    body: DISCARD_SELECTION,
    problems: [404, 409],
  },
  'POST /api/sync/erase': { tag: 'rows', summary: 'Erase a person', body: ERASE_BODY, problems: [409, 504] },
  'GET /api/sync/erasures': { tag: 'rows', summary: 'Past erasures' },
  'GET /api/sync/schedule': { tag: 'runs', summary: 'What starts on its own, when, and what came of it' },
  'GET /api/sync/notifications': { tag: 'runs', summary: 'Where notifications go, and how far each has got' },
  'GET /api/sync/audit': { tag: 'audit', summary: 'The audit log, newest entries first', query: AUDIT_QUERY },
}

/** The description of a route; null if it describes itself, as the lists do. */
export function descriptionOf(route: string): RouteDescription | null {
  return DESCRIPTIONS[route] ?? null
}

/** The schema of a route's result. Health routes of one service answer like those of the process, and lists like each other. */
export function resultOf(route: string): z.ZodType {
  const wanted = route
    .replace(/^GET \/health\/\w+\//, 'GET /health/')
    .replace(/^GET \/api\/sync\/lists\/\w+$/, 'GET /api/sync/lists/:list')
  const found = Object.entries<Result>(RESULTS).find(([names]) => names.split(', ').includes(wanted))
  if (found === undefined) throw new Error(`${route} is missing in RESULTS`)
  return found[1].schema
}
