import type { Day } from '../domain/day.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { GenerationCounts, GenerationId } from './index-store.ts'

export type RunId = string
/** One attempt of a sender at its stage. Never used twice. */
export type AttemptId = string

/** The stages of a run, in order. A run's state is its stage, or how it ended. */
export const STAGES = ['requested', 'trainees', 'doctors', 'lists', 'checking', 'promoting'] as const
export type Stage = (typeof STAGES)[number]
export const ENDS = ['live', 'failed', 'cancelled'] as const
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
  /** Doctors that got a row of their own. */
  readonly ownRows: number
  readonly lateMessages: number
}

export interface RunFailure {
  readonly code: ErrorCode
  readonly reason: string
  readonly stage: Stage
}

/** One run of the sync job, from its request to its end. Written by the active integration process only. */
export interface Run {
  readonly id: RunId
  /** The day the rules use throughout. */
  readonly day: Day
  readonly state: RunState
  readonly requestedAt: number
  readonly requestedBy: string
  readonly finishedAt: number | null
  /** The generation being filled; null before there is one. */
  readonly generation: GenerationId | null
  /** 1, and one more each time the run began again in a fresh generation. */
  readonly beginning: number
  /** Why it began again, oldest first. */
  readonly beganAgain: readonly string[]
  readonly stages: Readonly<Partial<Record<Stage, StageProgress>>>
  readonly counts: GenerationCounts | null
  readonly failure: RunFailure | null
  /** Who promoted it by hand, and why; null for a run that passed its checks. */
  readonly promotedByHand: { readonly by: string; readonly why: string } | null
  /**
   * The stages whose sender sent no run headers, so that nothing proves that all of it came. Absent from the records
   * of earlier versions, where there was none: to be read with `unprovedOf`.
   */
  readonly unproved?: readonly SendStage[]
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
  /**
   * Set by a sender that gave up; `transient` where another attempt may succeed (absent from the records of earlier
   * versions, where none was).
   */
  readonly failure: { readonly code: ErrorCode; readonly reason: string; readonly transient?: boolean } | null
}

/** Proof that every row of one message was durably written, or is on the failure list. */
export interface Receipt {
  readonly run: RunId
  readonly stage: ClaimedStage
  readonly attempt: AttemptId
  /** From 1. */
  readonly sequence: number
  readonly rows: number
  readonly failedRows: number
  readonly ownRows: number
}

/** What the receipts of one attempt come to, counted distinct by sequence. */
export interface Manifest {
  readonly messages: number
  readonly rows: number
  readonly failedRows: number
  readonly ownRows: number
}

/** A row that is missing or wrong in the generation, and why. */
export interface FailedRow {
  readonly run: RunId
  readonly stage: ClaimedStage
  /** `tcs-<personId>`, `gmc-<number>`, or where in which message it was. */
  readonly key: string
  readonly code: ErrorCode
  readonly reason: string
}

/** A process-wide right that one holder has at a time, such as being the writer. */
export interface Lease {
  readonly holder: string
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
  readonly day: Day
  readonly requestedAt: number
  readonly requestedBy: string
}

/** A promotion or rollback that was begun: until it is cleared, what happened is read from the names. */
export interface NameChange {
  readonly kind: 'promotion' | 'rollback'
  readonly to: KeptGeneration
  /** The request that asked for it; null for the promotion of a run that passed its checks. */
  readonly request: string | null
  readonly by: string
  readonly why: string
  readonly at: number
}

/**
 * What the installation is doing and showing: one record, so that starting a run, promoting and rolling back exclude
 * each other by one compare-and-set.
 */
export interface Installation {
  /** The run in progress; null when there is none. Its record may follow a moment later. */
  readonly currentRun: RunRequest | null
  readonly live: KeptGeneration | null
  readonly previous: KeptGeneration | null
  /** A generation that checking held back, kept until the next run so that an operator can promote it. */
  readonly heldBack: KeptGeneration | null
  readonly changing: NameChange | null
  /** The last name changes that were carried out, newest first. */
  readonly history: readonly NameChange[]
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

/** Where runs are kept: state by id, receipts, failures. Small records, changed by compare-and-set. */
export interface RunLedger {
  /** The record as it is now, never a stale one; null where there is none. */
  read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null>
  /**
   * Stores a record, durably, when its revision is still the given one (`'new'`: when there is none yet). Rejects
   * LEDGER_CONFLICT otherwise, with nothing stored. Resolves with the new revision.
   */
  save<K extends RecordKind>(kind: K, id: string, value: LedgerRecords[K], revision: Revision): Promise<Revision>
  /** The runs, newest first by `requestedAt`. A list to show: it may lag behind `read`. */
  runs(limit: number): Promise<readonly Run[]>

  /**
   * Stores receipts, durably. Idempotent: a receipt of the same run, stage, attempt and sequence counts once, as it
   * was first added.
   */
  addReceipts(receipts: readonly Receipt[]): Promise<void>
  /** What was received of an attempt: every receipt that was added before this call counts. */
  manifest(run: RunId, stage: ClaimedStage, attempt: AttemptId): Promise<Manifest>

  /** Adds to a run's failures. Idempotent by run, stage and key: the latest stays. */
  addFailures(failures: readonly FailedRow[]): Promise<void>
  /** A run's failures in the order of `failureCursor` by code point, from after the cursor `after`, at most `limit`. */
  failures(run: RunId, limit: number, after?: string): Promise<readonly FailedRow[]>
  countFailures(run: RunId): Promise<number>
  /** Removes a run's failures: it begins again. */
  clearFailures(run: RunId): Promise<void>
  /** Removes receipts and claims of a run that is over; its record and its failures stay. Idempotent. */
  tidy(run: RunId): Promise<void>
  /** Removes all there is of a run that is over and of which nothing is kept: its record too. Idempotent. */
  forget(run: RunId): Promise<void>

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
