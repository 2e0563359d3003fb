import { SERVICE_NAMES, type ServiceName } from '../ports/run-ledger.ts'

function isServiceName(name: string): name is ServiceName {
  return (SERVICE_NAMES as readonly string[]).includes(name)
}

/** The services that were named; all of them where none was. */
export function servicesOf(named: readonly string[]): readonly ServiceName[] {
  return named.length === 0 ? SERVICE_NAMES : named.filter(isServiceName)
}
