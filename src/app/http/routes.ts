import { SERVICE_NAMES } from '../../ports/run-ledger.ts'

/** Who may use a route: everyone; people who signed in, for the lists; those who read everything; those who change something. */
export const ACCESS = ['everyone', 'lists', 'support', 'operator'] as const
export type Access = (typeof ACCESS)[number]

export interface RouteRule {
  readonly access: Access
  /** Whether each request is on record in the audit log: what changes something, and what shows personal data of one doctor. */
  readonly isAudited: boolean
}

const HEALTH: RouteRule = { access: 'everyone', isAudited: false }
const LISTS: RouteRule = { access: 'lists', isAudited: false }
const READS: RouteRule = { access: 'support', isAudited: false }
const LOOKS_UP: RouteRule = { access: 'support', isAudited: true }
const CHANGES: RouteRule = { access: 'operator', isAudited: true }

/**
 * Every route, by method and path as it is registered. A route that is not here cannot be registered; HEAD follows GET.
 * The checks of each request, the audit log and the tests use this table.
 */
export const HTTP_ROUTES: Readonly<Record<string, RouteRule>> = {
  'GET /health/live': HEALTH,
  'GET /health/ready': HEALTH,
  ...Object.fromEntries(
    SERVICE_NAMES.flatMap((name) => [`GET /health/${name}/live`, `GET /health/${name}/ready`]).map((route) => [
      route,
      HEALTH,
    ]),
  ),

  'GET /api/v1/doctors': LISTS,
  'GET /api/v1/doctors/autocomplete': LISTS,
  'GET /api/connection': LISTS,
  'GET /api/connection/connected': LISTS,
  'GET /api/connection/disconnected': LISTS,
  'GET /api/connection/exception': LISTS,
  'GET /api/connection/discrepancies': LISTS,
  'GET /api/connection/hidden': LISTS,
  'GET /api/connection/discrepancies/hidden': LISTS,
  'GET /api/connection/exceptionLog/today': LISTS,
  'GET /api/reference/dbcs': LISTS,
  'GET /api/admins': LISTS,
  // Under the paths of the reference services.
  'GET /api/connections': LISTS,
  'GET /api/connections/connected': LISTS,
  'GET /api/connections/disconnected': LISTS,
  'GET /api/connections/exception': LISTS,
  'GET /api/connections/discrepancies': LISTS,

  'POST /api/sync': CHANGES,
  // It starts a run too, for existing callers.
  'GET /api/sync': CHANGES,
  'GET /api/sync/status': READS,
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
  'POST /api/sync/resync': CHANGES,
  'GET /api/sync/failures': READS,
  'GET /api/sync/failures/:place/:key': LOOKS_UP,
  'POST /api/sync/failures/replay': CHANGES,
  'POST /api/sync/failures/discard': CHANGES,
  'POST /api/sync/erase': CHANGES,
  'GET /api/sync/erasures': READS,
  'GET /api/sync/audit': READS,
}

/** The OpenAPI document and its page, whose files have paths of their own. They hold no data. */
const DOCUMENTATION = /^\/docs(\/|$)/

/** The rule of a registered route; null if it has none. */
export function ruleOf(method: string, path: string): RouteRule | null {
  const read = method === 'HEAD' ? 'GET' : method
  if (read === 'GET' && DOCUMENTATION.test(path)) return { access: 'everyone', isAudited: false }
  return HTTP_ROUTES[`${read} ${path}`] ?? null
}
