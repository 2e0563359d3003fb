import type { Day } from '../domain/day.ts'
import type { LikenessFinding } from '../domain/likeness.ts'
import type { IndexName } from '../domain/lists.ts'
import type { Profile } from '../domain/profile.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { GenerationId, Guard } from './index-store.ts'

export type RunId = string
/** One attempt of a sender at its stage. Never used twice. */
export type AttemptId = string

/** The stages of a run, in order. A run's state is its stage, or how it ended. */
export const STAGES = ['requested', 'trainees', 'doctors', 'lists', 'checking', 'catching up', 'promoting'] as const
export type Stage = (typeof STAGES)[number]
export const ENDS = ['live', 'held back', 'failed', 'cancelled'] as const
export type RunEnd = (typeof ENDS)[number]
export type RunState = Stage | RunEnd

/** The stages in which a service sends data, and the one in which services finish their lists. */
export type ClaimedStage = 'trainees' | 'doctors' | 'lists'
export type SendStage = Extract<ClaimedStage, 'trainees' | 'doctors'>
export const SERVICE_NAMES = ['integration', 'tcs', 'recommendation', 'connection'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** How a stage went. Times are milliseconds since the epoch. */
export interface StageProgress {
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly attempt: AttemptId | null
  /** Rows that the sender expects to send; null before its claim. */
  readonly expected: number | null
  readonly messages: number
  readonly rows: number
  readonly failedRows: number
  /** Doctors without a trainee: each has a row of its own. */
  readonly ownRows: number
  readonly lateMessages: number
  /** Trainees without a doctor, written at the end of `doctors`: how many of how many. Null until then. */
  readonly unjoined: { readonly written: number; readonly of: number } | null
}

export interface RunFailure {
  readonly code: ErrorCode
  readonly reason: string
  readonly stage: Stage
}

/** Why a run began again, and when. Takeovers by another writer and faults are counted apart. */
export interface BeganAgain {
  readonly because: 'takeover' | 'fault'
  readonly reason: string
  readonly at: number
}

/** Why a generation may not go live by itself. */
export interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

/** All that checking looked at: kept with the run, whatever came of it. */
export interface RunEvidence {
  readonly profile: Profile
  /** What it was compared with: the run that went live before it, the indexes that had the names, or nothing. */
  readonly comparedWith: { readonly run: RunId } | 'indexes of these names' | null
  /** Each figure that is not like the one it was compared with. */
  readonly findings: readonly LikenessFinding[]
  /** Messages whose digests were compared, those that differed, and those that could not be compared. */
  readonly digests: { readonly compared: number; readonly different: number; readonly skipped: number }
  /** Rows that were read back from the index store, and the ids of those that were not as they had been written. */
  readonly readBack: { readonly rows: number; readonly different: readonly string[] }
  /** What each service counted in its lists by its own rule. */
  readonly lists: Readonly<Partial<Record<ServiceName, Readonly<Partial<Record<IndexName, number>>>>>>
  /** Why it may not go live by itself; null when it may. */
  readonly refusal: Refusal | null
  /** What was refused and let pass because it was expected; null where nothing was. */
  readonly letPass: Refusal | null
}

/** One run of the sync job, from its request to its end. Written by the active integration process only. */
export interface Run extends RunRequest {
  readonly state: RunState
  readonly finishedAt: number | null
  /** The generation being filled; null before there is one. */
  readonly generation: GenerationId | null
  /** The writer's term that the generation belongs to; null before a writer took the run up. */
  readonly term: number | null
  /** 1, and one more each time the run began again in a fresh generation. */
  readonly beginning: number
  /** Oldest first. */
  readonly beganAgain: readonly BeganAgain[]
  readonly stages: Readonly<Partial<Record<Stage, StageProgress>>>
  /** Null before checking. */
  readonly evidence: RunEvidence | null
  readonly failure: RunFailure | null
  /** Who promoted it by hand, and why; null for a run that passed its checks. */
  readonly promotedByHand: { readonly by: string; readonly why: string } | null
  /** The stages whose sender sends no run headers, so that nothing proves that all of it came. */
  readonly unproved: readonly SendStage[]
}

/** Totals that a sender announces at its end; they are what the manifest is compared with. */
export interface Totals {
  readonly messages: number
  /** Rows in the messages. */
  readonly rows: number
  /** Rows of the source that could not be sent; they are in the run's failures. */
  readonly failedRows: number
}

/**
 * A service's claim of a stage in one generation: a lease with an attempt. Made once for `trainees` and `doctors`;
 * for `lists` another may follow when the lease ran out.
 */
export interface Claim {
  readonly run: RunId
  readonly generation: GenerationId
  readonly stage: ClaimedStage
  readonly service: ServiceName
  readonly attempt: AttemptId
  readonly holder: string
  /** The lease ends at this time (milliseconds since the epoch) unless it is renewed. */
  readonly until: number
  readonly expected: number | null
  readonly edition: string | null
  /** Null until the sender has sent all. */
  readonly totals: Totals | null
  /** For `lists`: how many rows the service counts in each of its lists. Null until then, and for the other stages. */
  readonly counts: Readonly<Partial<Record<IndexName, number>>> | null
  /** Set by a sender that gave up; `transient` where another attempt may succeed. */
  readonly failure: { readonly code: ErrorCode; readonly reason: string; readonly transient: boolean } | null
}

/** What came of one attempt, each message counted once by its sequence number; kept in the writer's memory. */
export interface Manifest {
  readonly messages: number
  readonly rows: number
  readonly failedRows: number
  readonly ownRows: number
}

/** A row that is missing or wrong in a generation, and why. */
export interface FailedRow {
  readonly run: RunId
  readonly generation: GenerationId
  readonly stage: ClaimedStage
  /** `tcs-<personId>`, `gmc-<number>`, or where in which message it was. */
  readonly key: string
  readonly code: ErrorCode
  readonly reason: string
}

/** The writer's lease: one holder at a time has it. */
export interface Lease {
  readonly holder: string
  /** 1, and one more each time another holder takes the lease over. */
  readonly term: number
  /** Milliseconds since the epoch, by the holder's clock. */
  readonly until: number
}

/** A generation that is kept, and the run that filled it. */
export interface KeptGeneration {
  readonly generation: GenerationId
  readonly run: RunId
}

/** Who asked for a run: all that its record begins with. */
export interface RunRequest {
  readonly id: RunId
  /** The day the rules use throughout. */
  readonly day: Day
  readonly requestedAt: number
  readonly requestedBy: string
  /** Why an unlikeness is to be expected of this run, so that it goes live all the same; null where none is. */
  readonly expect: string | null
  /** Why whoever asked says that a sender of an earlier run is gone; null where nobody did. */
  readonly senderGone: string | null
}

/** A promotion or rollback that was begun: until it is cleared, what happened is read from the names. */
export interface NameChange {
  readonly kind: 'promotion' | 'rollback'
  /** What the names showed; null before the first promotion. */
  readonly from: KeptGeneration | null
  readonly to: KeptGeneration
  /** The request that asked for it; null for the promotion of a run that passed its checks. */
  readonly request: string | null
  readonly by: string
  readonly why: string
  readonly at: number
}

/** A sender without run headers that had not ended when its run did: what still comes from it belongs to no run. */
export interface StillSending {
  readonly stage: SendStage
  readonly run: RunId
  readonly since: number
  /** Its end message came: once its queue is quiet, it is done. */
  readonly hasEnded: boolean
}

/**
 * What the installation is doing and showing: one record, so that starting a run, promoting and rolling back exclude
 * each other by one compare-and-set. It names every generation that may not be dropped.
 */
export interface Installation {
  /** The term of the writer that last took over. A writer changes this record only while it is its own. */
  readonly term: number
  /** The run in progress; null when there is none. Its record may follow a moment later. */
  readonly currentRun: RunRequest | null
  readonly live: KeptGeneration | null
  readonly previous: KeptGeneration | null
  /** A generation that checking held back, kept until another is, so that an operator can promote it. */
  readonly heldBack: KeptGeneration | null
  /** The generation that the run in progress fills; set before it exists. */
  readonly building: KeptGeneration | null
  readonly changing: NameChange | null
  /** The last name changes that were carried out, newest first. */
  readonly history: readonly NameChange[]
  /** No run starts while there are any. */
  readonly stillSending: readonly StillSending[]
}

/** Something a process that is not the writer asks of the writer. */
export interface WriterRequest {
  readonly id: string
  readonly kind: 'cancel' | 'rollback' | 'promote'
  /** For cancel: which run, null for the current one. For promote: which run. */
  readonly run: RunId | null
  readonly by: string
  readonly why: string
  readonly at: number
  readonly answer:
    { readonly ok: true } | { readonly ok: false; readonly code: ErrorCode; readonly reason: string } | null
}

/** Requests, oldest first; answered ones are kept for a while so that the asker can read the answer. */
export interface Inbox {
  readonly requests: readonly WriterRequest[]
}

/** The records that are read by id and changed by compare-and-set, by kind. */
export interface LedgerRecords {
  readonly run: Run
  readonly claim: Claim
  readonly lease: Lease
  readonly installation: Installation
  readonly inbox: Inbox
}
export type RecordKind = keyof LedgerRecords

/** The revision of a record that was read. Opaque. */
export type Revision = string

export interface Recorded<T> {
  readonly value: T
  readonly revision: Revision
}

/**
 * Where runs are kept: state by id, and failures. Small records, changed by compare-and-set. Each call is one attempt,
 * but for a `save` whose answer was lost; a backend that is away rejects with a transient error.
 */
export interface RunLedger {
  /** The record as it is now, never a stale one; null where there is none. */
  read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null>
  /**
   * Stores a record, durably, when its revision is still the given one (`'new'`: when there is none yet). Rejects
   * LEDGER_CONFLICT otherwise, with nothing stored. Resolves with the new revision. `guard` is asked in the tick in
   * which the request leaves; what it throws ends the call before it is sent.
   */
  save<K extends RecordKind>(
    kind: K,
    id: string,
    value: LedgerRecords[K],
    revision: Revision,
    guard?: Guard,
  ): Promise<Revision>
  /** The runs, newest first by `requestedAt`. A list to show: it may lag behind `read`. */
  runs(limit: number): Promise<readonly Run[]>

  /** Adds failures. Idempotent by generation, stage and key: the latest stays. */
  addFailures(failures: readonly FailedRow[]): Promise<void>
  /** A generation's failures in the order of `failureCursor` by code point, from after the cursor `after`. */
  failures(generation: GenerationId, limit: number, after?: string): Promise<readonly FailedRow[]>
  countFailures(generation: GenerationId): Promise<number>
  /** Removes the claims of a run that is over; its record and its failures stay. Idempotent. */
  tidy(run: RunId): Promise<void>
  /** Removes all there is of a run that is over and of which nothing is kept: its record, its failures. Idempotent. */
  forget(run: RunId): Promise<void>

  /**
   * What time it is where the ledger is kept, in milliseconds since the epoch and good to a second; null where that is
   * this machine's own clock.
   */
  serverTime(): Promise<number | null>
  ping(): Promise<void>
  close(): Promise<void>
}

/** Where a page of failures ended. */
export function failureCursor(failure: FailedRow): string {
  return `${failure.stage} ${failure.key}`
}

/** The id of a claim's record. */
export function claimId(claim: Pick<Claim, 'generation' | 'stage' | 'service'>): string {
  return `${claim.generation}/${claim.stage}/${claim.service}`
}

export const INSTALLATION = 'installation'
export const INBOX = 'inbox'
export const WRITER = 'writer'
