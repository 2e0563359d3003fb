import type { ServiceName } from './run-ledger.ts'

/** What a service works with. Commands and trainees go through `broker`, doctors through `doctor queue`. */
export type Need =
  | 'broker'
  | 'doctor queue'
  | 'trainee source'
  | 'doctor source'
  | 'exception source'
  | 'ledger'
  | 'index store'
  | 'workspace'

/**
 * What each service works with. Derived from it: what a process opens, what its readiness checks, which settings it
 * requires, what `reval config check` checks.
 */
const NEEDS: Readonly<Record<ServiceName, readonly Need[]>> = {
  integration: ['broker', 'doctor queue', 'exception source', 'ledger', 'index store', 'workspace'],
  tcs: ['broker', 'trainee source', 'ledger'],
  recommendation: ['broker', 'doctor queue', 'doctor source', 'ledger', 'index store'],
  connection: ['broker', 'ledger', 'index store'],
}

/** For live changes, integration also reads the sources that the other services send. */
const NEEDS_OF_LIVE_CHANGES: readonly Need[] = ['trainee source', 'doctor source']

/** What these services work with. */
export function needsOf(
  services: readonly ServiceName[],
  { liveChanges }: { readonly liveChanges: boolean },
): ReadonlySet<Need> {
  const needs = services.flatMap((service) => NEEDS[service])
  return new Set([...needs, ...(liveChanges && services.includes('integration') ? NEEDS_OF_LIVE_CHANGES : [])])
}
