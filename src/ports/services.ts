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
 * What each service works with. Derived from this table: what a process opens, what its readiness checks, which settings
 * it requires, what `reval config check` checks.
 */
export const NEEDS: Readonly<Record<ServiceName, readonly Need[]>> = {
  integration: ['broker', 'doctor queue', 'exception source', 'ledger', 'index store', 'workspace'],
  tcs: ['broker', 'trainee source', 'ledger'],
  recommendation: ['broker', 'doctor queue', 'doctor source', 'ledger', 'index store'],
  connection: ['broker', 'ledger', 'index store'],
}

/** Whether these services work with any of these. */
export function haveNeed(services: readonly ServiceName[], ...any: readonly Need[]): boolean {
  return services.some((service) => any.some((need) => NEEDS[service].includes(need)))
}
