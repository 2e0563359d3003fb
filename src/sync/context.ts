import type { DesignatedBodies } from '../domain/designated-bodies.ts'
import type { LikenessSettings } from '../domain/likeness.ts'
import type { TraineeSelection } from '../domain/trainee.ts'
import type { Broker, Delivery } from '../ports/broker.ts'
import type { Clock } from '../ports/clock.ts'
import type { IndexStore } from '../ports/index-store.ts'
import type { RunLedger, ServiceName } from '../ports/run-ledger.ts'
import type { RunEvents } from './events.ts'

/** Settings of the job; times in milliseconds. */
/** How much is kept, and how long; 0 milliseconds means no limit. */
export interface Retention {
  /** How many runs the ledger keeps, besides those of kept generations. */
  readonly runs: number
  readonly runsMs: number
  /** Since its run ended. */
  readonly heldBackMs: number
  /** Since it was live. */
  readonly previousMs: number
  /** Personal data of failures and dead letters; never without limit. */
  readonly failuresMs: number
  /** Entries of the audit log; never without limit. */
  readonly auditMs: number
}

export interface SyncSettings {
  readonly trainees: TraineeSelection
  readonly bodies: DesignatedBodies
  /** The maximum rows, and bytes of body, of a message. */
  readonly messageRows: number
  readonly messageBytes: number
  /** How many bytes of messages a sender may be ahead of its receiver. */
  readonly sendAheadBytes: number
  /** How many deliveries of a data queue may be unacknowledged at a time. */
  readonly prefetch: number
  /** The maximum rows per write. */
  readonly rowsPerWrite: number
  /** How long a claim lasts unless it is renewed. */
  readonly leaseMs: number
  /** How long the writer's lease lasts unless it is renewed. */
  readonly writerLeaseMs: number
  /** After how long an unclaimed command is published again, and how often at most. */
  readonly claimTimeoutMs: number
  readonly claimTries: number
  /** How runs build the four lists: as views of the master index, or as tables. */
  readonly lists: 'views' | 'tables'
  /** The services that are Java services. */
  readonly javaPeers: readonly ServiceName[]
  /** How often a run may restart after a fault, and how often after a takeover. */
  readonly maxRestarts: number
  readonly maxTakeovers: number
  readonly retention: Retention
  /** Whether the channels of live changes are consumed. */
  readonly liveChanges: boolean
  /** How long a stage may make no progress before the run restarts. */
  readonly stallMs: number
  /**
   * How long the queue of a sender without headers must be quiet before its stage ends, and that of a Java integration
   * service before our end message.
   */
  readonly quietMs: number
  /** How often the writer polls the ledger when nothing wakes it. */
  readonly pollMs: number
  /** How far a source may lag behind its changes; 0 is never. */
  readonly sourceLagMs: number
  /** How long the message of a change may take to arrive. */
  readonly verifySettleMs: number
  /** How much a generation may differ from the live one and still go live automatically. */
  readonly likeness: LikenessSettings
  /** The share of rows by which an unproved run may differ from the live one and still go live automatically. */
  readonly unprovedShare: number
  /** A run that would move more than this share of a list or of a body is held back to be looked at; null: none is. */
  readonly previewShare: number | null
  /** Failed rows accepted in addition to those that failed the same way in the live run. */
  readonly acceptFailures: number
}

/** Follows what is done for messages, beyond the process that sent them. */
export interface MessageTracing {
  /** Does work for these deliveries: the calls that it makes belong to them. Rejects as the work does. */
  group<T>(doing: string, deliveries: readonly Delivery[], work: () => Promise<T>): Promise<T>
}

/** What everything in the job works with. */
export interface SyncContext {
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly broker: Broker
  readonly clock: Clock
  readonly events: RunEvents
  readonly settings: SyncSettings
  /** Absent without traces. */
  readonly tracing?: MessageTracing
  /** This process, as leases and claims name it: unique for each start. */
  readonly holder: string
  /**
   * No other process can be working, so the leases and claims of others have expired. A lock guarantees it, as on a data
   * directory.
   */
  readonly alone: boolean
  /** A new unique identifier: short, of lower-case letters and digits. */
  readonly newId: () => string
}
