import type { OverviewFacts } from '../../../src/console/pages/overview/facts.ts'
import type { Reading } from '../../../src/console/frame/reading.ts'
import { changesStatus, installationOf, liveRun, NOW } from '../runs/a-run.ts'

export const known = <T>(value: T): Reading<T> => ({ known: true, value })
export const AWAY = { known: false, code: 'SERVER_UNREACHABLE', reason: 'no answer within 2 seconds' } as const

/** All is well: a run went live this morning, and everything works. */
export function allIsWell(differing: Partial<OverviewFacts> = {}): OverviewFacts {
  const live = liveRun()
  return {
    installation: known(installationOf(live)),
    live: known(live),
    previous: known(null),
    current: known(null),
    last: known(live),
    changes: known(changesStatus()),
    verification: known(null),
    failures: known(0),
    deadLetters: known(0),
    lease: known({ holder: 'integration-1', term: 1, until: NOW + 10_000 }),
    processes: known({ processes: [], missing: [] }),
    servers: {
      asOf: NOW,
      servers: ['Broker', 'Search engine'].map((name) => ({
        name,
        state: 'working',
        since: NOW - 1_000,
        answeredInMs: 3,
        fault: null,
      })),
    },
    next: known(null),
    ...differing,
  }
}
