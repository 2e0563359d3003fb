import type { DesignatedBodies } from '../domain/designated-bodies.ts'
import type { LikenessSettings } from '../domain/likeness.ts'
import type { TraineeSelection } from '../domain/trainee.ts'
import type { Broker } from '../ports/broker.ts'
import type { Clock } from '../ports/clock.ts'
import type { IndexStore } from '../ports/index-store.ts'
import type { RunLedger, ServiceName } from '../ports/run-ledger.ts'
import type { RunEvents } from './events.ts'

/** Settings of the job; times in milliseconds. */
export interface SyncSettings {
  readonly trainees: TraineeSelection
  readonly bodies: DesignatedBodies
  /** At most so many rows, and so many bytes of body, in a message. */
  readonly messageRows: number
  readonly messageBytes: number
  /** How many bytes of messages a sender may be ahead of its receiver. */
  readonly sendAheadBytes: number
  /** Deliveries of a data queue that may be unended at a time. */
  readonly prefetch: number
  /** Rows that are written together when so many are waiting. */
  readonly rowsPerWrite: number
  /** How long a claim lasts unless it is renewed. */
  readonly leaseMs: number
  /** How long the writer's lease lasts unless it is renewed. */
  readonly writerLeaseMs: number
  /** After how long an unclaimed command is published again, and how often it is published at all. */
  readonly claimTimeoutMs: number
  readonly claimTries: number
  /** Services that are known to be the reference's own. */
  readonly javaPeers: readonly ServiceName[]
  /** How often a run may begin again after a fault, and how often because another writer took it over. */
  readonly maxRestarts: number
  readonly maxTakeovers: number
  /** Runs that stay in the ledger, at least; those of generations that are kept stay anyway. */
  readonly keepRuns: number
  /** How long a stage may go without any progress before the run begins again. */
  readonly stallMs: number
  /** How long nothing may come, after the end message of a sender without headers, until its stage ends. */
  readonly quietMs: number
  /** How often the writer looks at the ledger when nothing wakes it, and services look whether their run goes on. */
  readonly pollMs: number
  /** What makes a generation so unlike the live one that it does not go live by itself. */
  readonly likeness: LikenessSettings
  /**
   * The share of rows by which a run with a sender without headers may differ from what is live, and still go live by
   * itself.
   */
  readonly unprovedShare: number
  /** Failed rows that are accepted besides those that failed alike in the live run. */
  readonly acceptFailures: number
}

/** What every part of the job works with. */
export interface SyncContext {
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly broker: Broker
  readonly clock: Clock
  readonly events: RunEvents
  readonly settings: SyncSettings
  /** This process, as leases and claims name it: unique for each start. */
  readonly holder: string
  /**
   * No other process can be working: leases and claims of others are of processes that are dead. True where a lock
   * guarantees it, as on a data directory.
   */
  readonly alone: boolean
  /** A short identifier that was never given before, of lower-case letters and digits. */
  readonly newId: () => string
}
