import { LISTS } from '../../../domain/list-query.ts'

/** What people did, in words, with the routes and commands that do it. */
export interface AuditedAction {
  /** In addresses. */
  readonly id: string
  readonly words: string
  /** As `what` of an audit entry names them. */
  readonly whats: readonly string[]
}

const LIST_ROUTES = [
  ...LISTS.map((list) => `GET /api/sync/lists/${list}`),
  'GET /api/v1/doctors',
  ...['connection', 'connections'].flatMap((service) => [
    `GET /api/${service}`,
    ...['connected', 'disconnected', 'exception', 'discrepancies'].map((list) => `GET /api/${service}/${list}`),
  ]),
]

/** Every audited route and command; a test holds the table to the routes. */
export const AUDITED_ACTIONS: readonly AuditedAction[] = [
  { id: 'log-in', words: 'Logged in', whats: ['log in'] },
  { id: 'log-out', words: 'Logged out', whats: ['log out'] },
  {
    id: 'run',
    words: 'Started a run',
    whats: ['POST /api/sync', 'GET /api/sync', 'POST /console/runs', 'reval sync'],
  },
  {
    id: 'cancel',
    words: 'Cancelled a run',
    whats: ['POST /api/sync/runs/:id/cancel', 'POST /console/runs/:id/cancel', 'reval cancel'],
  },
  {
    id: 'promote',
    words: 'Made a run live',
    whats: ['POST /api/sync/runs/:id/promote', 'POST /console/runs/:id/promote', 'reval promote'],
  },
  {
    id: 'discard',
    words: 'Discarded a run',
    whats: ['POST /api/sync/runs/:id/discard', 'POST /console/runs/:id/discard', 'reval discard'],
  },
  {
    id: 'rollback',
    words: 'Rolled back',
    whats: ['POST /api/sync/rollback', 'POST /console/rollback', 'reval rollback'],
  },
  { id: 'adopt', words: 'Adopted the lists that were live', whats: ['reval adopt'] },
  {
    id: 'compare',
    words: 'Compared two runs',
    whats: [
      'GET /api/sync/compare',
      'GET /console/runs/:id/preview/:list',
      'GET /console/runs/:id/preview/:list/download',
      'reval compare',
    ],
  },
  {
    id: 'verify',
    words: 'Checked the live lists',
    whats: ['POST /api/sync/verify', 'POST /console/verify', 'reval verify'],
  },
  {
    id: 'repair',
    words: 'Repaired rows',
    whats: ['POST /api/sync/resync', 'POST /console/doctors/:rowId/repair', 'reval resync'],
  },
  {
    id: 'look-up',
    words: 'Looked up a doctor',
    whats: [
      'GET /api/sync/explain/:key',
      'GET /api/sync/find',
      'GET /console/doctors',
      'GET /console/doctors/:rowId',
      'reval explain',
      'reval find',
    ],
  },
  { id: 'sources', words: 'Asked the sources', whats: ['GET /console/doctors/sources'] },
  {
    id: 'list',
    words: 'Searched or downloaded a list',
    whats: [
      ...LIST_ROUTES,
      'GET /console/lists/:list',
      'GET /console/lists/:list/download',
      'reval list',
      'reval export',
    ],
  },
  {
    id: 'failure',
    words: 'Looked at a failure',
    whats: ['GET /api/sync/failures/:place/:key', 'GET /console/failures/:place/:key', 'reval failures show'],
  },
  {
    id: 'replay',
    words: 'Tried failures again',
    whats: ['POST /api/sync/failures/replay', 'POST /console/failures/replay', 'reval failures replay'],
  },
  {
    id: 'discard-failures',
    words: 'Discarded failures',
    whats: ['POST /api/sync/failures/discard', 'POST /console/failures/discard', 'reval failures discard'],
  },
  { id: 'erase', words: 'Erased a person', whats: ['POST /api/sync/erase', 'reval erase'] },
  { id: 'check', words: 'Checked the servers', whats: ['POST /console/system/check'] },
  { id: 'audit', words: 'Downloaded the audit log', whats: ['GET /console/audit/download'] },
]

const BY_WHAT = new Map(AUDITED_ACTIONS.flatMap((action) => action.whats.map((what) => [what, action] as const)))

/** The words for an entry. Refused requests of routes that are not audited otherwise stay as they are. */
export function actionWords(what: string): string {
  const found = BY_WHAT.get(what) ?? BY_WHAT.get(what.replace(/^HEAD /, 'GET '))
  return found?.words ?? what
}

export function whatsOf(id: string): readonly string[] {
  return AUDITED_ACTIONS.find((action) => action.id === id)?.whats ?? []
}
