import { LISTS as LIST_NAMES } from '../../domain/list-query.ts'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'

/**
 * Who may use a route: `everyone`; for `metrics`, the metrics token and support; for `lists`, callers with any role of a person;
 * `support` reads everything; `operator` also changes things.
 */
export type Access = 'everyone' | 'metrics' | 'lists' | 'support' | 'operator'

/**
 * Which requests the audit log records. `always`: for routes that change something or show personal data of one doctor; `look-ups`:
 * for lists, only downloads and searches for a GMC number (`access/look-ups.ts`).
 */
export type Audited = 'never' | 'look-ups' | 'always'

export interface RouteRule {
  readonly access: Access
  readonly audited: Audited
}

const OPEN: RouteRule = { access: 'everyone', audited: 'never' }
const METRICS: RouteRule = { access: 'metrics', audited: 'never' }
const LISTS: RouteRule = { access: 'lists', audited: 'look-ups' }
const REFERENCE_DATA: RouteRule = { access: 'lists', audited: 'never' }
const READS: RouteRule = { access: 'support', audited: 'never' }
const LOOKS_UP: RouteRule = { access: 'support', audited: 'always' }
const LIST_PAGE: RouteRule = { access: 'support', audited: 'look-ups' }
/** A page that asks before something is changed. */
const DECIDES: RouteRule = { access: 'operator', audited: 'never' }
const CHANGES: RouteRule = { access: 'operator', audited: 'always' }

/**
 * Every route of the API, by method and path as registered. A route that is not here cannot be registered; HEAD follows GET.
 * Access checks, the audit log and the tests use this table.
 */
export const HTTP_ROUTES: Readonly<Record<string, RouteRule>> = {
  'GET /health/live': OPEN,
  'GET /health/ready': OPEN,
  ...Object.fromEntries(
    SERVICE_NAMES.flatMap((name) => [`GET /health/${name}/live`, `GET /health/${name}/ready`]).map((route) => [
      route,
      OPEN,
    ]),
  ),
  'GET /metrics': METRICS,

  'GET /api/v1/doctors': LISTS,
  'GET /api/v1/doctors/autocomplete': REFERENCE_DATA,
  'GET /api/connection': LISTS,
  'GET /api/connection/connected': LISTS,
  'GET /api/connection/disconnected': LISTS,
  'GET /api/connection/exception': LISTS,
  'GET /api/connection/discrepancies': LISTS,
  'GET /api/connection/hidden': REFERENCE_DATA,
  'GET /api/connection/discrepancies/hidden': REFERENCE_DATA,
  'GET /api/connection/exceptionLog/today': REFERENCE_DATA,
  'GET /api/reference/dbcs': REFERENCE_DATA,
  'GET /api/admins': REFERENCE_DATA,
  // The paths of the reference's connection service.
  'GET /api/connections': LISTS,
  'GET /api/connections/connected': LISTS,
  'GET /api/connections/disconnected': LISTS,
  'GET /api/connections/exception': LISTS,
  'GET /api/connections/discrepancies': LISTS,

  'POST /api/sync': CHANGES,
  // Existing callers start runs with GET.
  'GET /api/sync': CHANGES,
  'GET /api/sync/status': READS,
  'GET /api/sync/events': READS,
  'GET /api/sync/runs': READS,
  'GET /api/sync/runs/:id': READS,
  'GET /api/sync/runs/:id/failures': READS,
  'POST /api/sync/runs/:id/cancel': CHANGES,
  'POST /api/sync/runs/:id/promote': CHANGES,
  'POST /api/sync/runs/:id/discard': CHANGES,
  'POST /api/sync/rollback': CHANGES,
  'GET /api/sync/compare': LOOKS_UP,
  'POST /api/sync/verify': CHANGES,
  'GET /api/sync/verify': READS,
  'GET /api/sync/verify/:run': READS,
  'GET /api/sync/explain/:key': LOOKS_UP,
  ...Object.fromEntries(LIST_NAMES.map((list) => [`GET /api/sync/lists/${list}`, LOOKS_UP])),
  'GET /api/sync/find': LOOKS_UP,
  'POST /api/sync/resync': CHANGES,
  'GET /api/sync/failures': READS,
  'GET /api/sync/failures/:place/:key': LOOKS_UP,
  'POST /api/sync/failures/replay': CHANGES,
  'POST /api/sync/failures/discard': CHANGES,
  'POST /api/sync/erase': CHANGES,
  'GET /api/sync/erasures': READS,
  'GET /api/sync/audit': READS,
  'GET /api/sync/schedule': READS,
  'GET /api/sync/notifications': READS,
}

/**
 * The pages and forms of the console, in the same way. They are used by people with a session, and are not part of the API.
 * Add a page here when adding its route.
 */
export const CONSOLE_ROUTES: Readonly<Record<string, RouteRule>> = {
  'GET /console/assets/:version/:name': OPEN,
  'GET /console/events': READS,
  'GET /console/login': OPEN,
  'GET /console/login/start': OPEN,
  'GET /console/login/back': OPEN,
  'POST /console/logout': OPEN,
  'GET /console/logged-out': OPEN,
  'GET /console/runs/:id/promote': DECIDES,
  'POST /console/runs/:id/promote': CHANGES,
  'GET /console/runs/:id/discard': DECIDES,
  'POST /console/runs/:id/discard': CHANGES,
  'GET /console/runs/:id/cancel': DECIDES,
  'POST /console/runs/:id/cancel': CHANGES,
  'GET /console/runs/:id/preview': READS,
  'POST /console/runs/:id/preview/again': READS,
  'GET /console/runs/:id/preview/:list': LOOKS_UP,
  'GET /console/runs/:id/preview/:list/download': LOOKS_UP,
  'GET /console/rollback': DECIDES,
  'POST /console/rollback': CHANGES,
  'GET /console': READS,
  'GET /console/runs/new': DECIDES,
  'GET /console/runs': READS,
  'POST /console/runs': CHANGES,
  'GET /console/failures': READS,
  'GET /console/failures/:place/:key': LOOKS_UP,
  'POST /console/failures/confirm': DECIDES,
  'POST /console/failures/replay': CHANGES,
  'POST /console/failures/discard': CHANGES,
  'GET /console/dead-letters': READS,
  'GET /console/dead-letters/:queue': READS,
  'GET /console/runs/:id': READS,
  'GET /console/verify': READS,
  'POST /console/verify': CHANGES,
  'GET /console/verify/repair': DECIDES,
  'GET /console/verify/:run': READS,
  'GET /console/system': READS,
  'POST /console/system/check': LOOKS_UP,
  'GET /console/system/queues': READS,
  'GET /console/system/settings': READS,
  'GET /console/schedule': READS,
  'GET /console/help': READS,
  'GET /console/accessibility': READS,
  'GET /console/audit': READS,
  'GET /console/audit/download': LOOKS_UP,
  'GET /console/lists/:list': LIST_PAGE,
  'GET /console/lists/:list/download': LOOKS_UP,
  'GET /console/doctors': LIST_PAGE,
  'GET /console/doctors/sources': LOOKS_UP,
  'GET /console/doctors/:rowId': LOOKS_UP,
  'GET /console/doctors/:rowId/repair': DECIDES,
  'POST /console/doctors/:rowId/repair': CHANGES,
}

/** The OpenAPI document, its page and the page's files. They have no data. */
const DOCUMENTATION = /^\/docs(\/|$)/

/** The rule of a registered route; null if it has none. */
export function ruleOf(method: string, path: string): RouteRule | null {
  const read = method === 'HEAD' ? 'GET' : method
  if (read === 'GET' && DOCUMENTATION.test(path)) return OPEN
  const route = `${read} ${path}`
  return HTTP_ROUTES[route] ?? CONSOLE_ROUTES[route] ?? null
}
