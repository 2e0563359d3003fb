import type { Queue } from '../ports/broker.ts'
import type { ServiceName } from '../ports/run-ledger.ts'

const USED: Readonly<Record<ServiceName, readonly Queue[]>> = {
  integration: [
    'syncStart',
    'traineeData',
    'gmcSyncStart',
    'doctorData',
    'getMaster.recommendation',
    'getMaster.connection',
  ],
  tcs: ['syncStart', 'traineeData'],
  recommendation: ['gmcSyncStart', 'doctorData', 'getMaster.recommendation'],
  connection: ['getMaster.connection'],
}

/** The queues that services take from, and those that what they send has to reach. */
export function queuesOf(services: readonly ServiceName[]): readonly Queue[] {
  return [...new Set(services.flatMap((service) => USED[service]))]
}
