import type { ServiceName } from './run-ledger.ts'

/** A process of `reval start`, as it last recorded itself. Times in milliseconds since the epoch, by its own clock. */
export interface ProcessRecord {
  /** As leases name it: host, process id, and a part that is unique for each start. */
  readonly name: string
  readonly services: readonly ServiceName[]
  readonly version: string
  readonly startedAt: number
  readonly seenAt: number
  /** When it stopped in order; null while it runs, or if it died. */
  readonly stoppedAt: number | null
  /** The servers that it could not reach; null before it knows. */
  readonly away: readonly string[] | null
}

/** All processes of the last hour. Each of them changes its own entry. */
export interface Processes {
  readonly processes: readonly ProcessRecord[]
}

export const PROCESSES = 'processes'
