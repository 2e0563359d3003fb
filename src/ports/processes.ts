import type { SendStage, ServiceName } from './run-ledger.ts'

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
  /** Its last send of each stage to a Java integration service. */
  readonly sends: readonly SendWithoutRun[]
}

/** A send to a Java integration service, which has no runs. Times as in the record of the process. */
export interface SendWithoutRun {
  readonly stage: SendStage
  readonly startedAt: number
  /**
   * `waiting`: all rows are sent, and the end message waits until the receiver has taken them. `failed`: no end message
   * was sent.
   */
  readonly state: 'sending' | 'waiting' | 'sent' | 'failed'
  /** Rows sent so far. */
  readonly rows: number
  /** Invalid rows, which were not sent. */
  readonly failedRows: number
  /** Messages still in the queue, as far as the broker tells; null while rows are being sent. */
  readonly inQueue: number | null
  readonly endedAt: number | null
  readonly failure: { readonly code: string; readonly reason: string } | null
}

/** All processes of the last hour. Each of them changes its own entry. */
export interface Processes {
  readonly processes: readonly ProcessRecord[]
}

export const PROCESSES = 'processes'
