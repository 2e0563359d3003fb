import type { ComparisonSummary } from '../domain/comparison.ts'
import type { Day } from '../domain/day.ts'
import type { LikenessFinding } from '../domain/likeness.ts'
import type { IndexName } from '../domain/lists.ts'
import type { Profile } from '../domain/profile.ts'
import type { RowId } from '../domain/row.ts'
import type { AuditEntry } from './audit.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { ChangesStatus } from './changes.ts'
import type { ErasureResult, Erasures } from './erasure.ts'
import type { GenerationId, Guard } from './index-store.ts'
import type { Processes } from './processes.ts'
import type { Notifications } from './notifications.ts'
import type { ScheduleRecord } from './schedule.ts'
import type { Findings, Verification } from './verification.ts'

export type RunId = string
/** One attempt of a sender at its stage. Never used twice. */
export type AttemptId = string

/** The stages of a run, in order. A run's state is its stage, or how it ended. */
export const STAGES = [
  'requested',
  'trainees',
  'doctors',
  'lists',
  'checking',
  'catching up',
  'comparing',
  'promoting',
] as const
export type Stage = (typeof STAGES)[number]
export const ENDS = ['live', 'held back', 'discarded', 'verified', 'failed', 'cancelled'] as const
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
  readonly withoutTrainee: number
  readonly lateMessages: number
  /** Trainees without a doctor, written at the end of `doctors`: how many of how many. Null until then. */
  readonly unjoined: { readonly written: number; readonly of: number } | null
}

export interface RunFailure {
  readonly code: ErrorCode
  readonly reason: string
  readonly stage: Stage
}

/** Why a run restarted, and when. Takeovers by another writer and faults are counted separately. */
export interface Restart {
  readonly cause: 'takeover' | 'fault'
  readonly reason: string
  readonly at: number
}

/** Why a generation may not go live automatically. */
export interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

/** Two figures that a check compared. */
export interface Check {
  /** What was compared, such as `trainees reported and received`. */
  readonly what: string
  readonly left: number
  readonly right: number
  readonly verdict: 'same' | 'differs' | 'not compared'
}

/** What a sender announced for a stage, and what was received of it. */
export interface StageEvidence {
  /** As received for a sender that reports no totals: see `Run.unproved`. */
  readonly announced: Totals
  readonly received: Manifest
  readonly digests: DigestCounts
}

/** Messages whose digests were compared, were different, or could not be compared. */
export interface DigestCounts {
  readonly compared: number
  readonly different: number
  readonly skipped: number
}

/** What the checks found; kept with the run in any case. */
export interface RunEvidence {
  /** Null in records of versions before 1.0. */
  readonly stages: Readonly<Record<SendStage, StageEvidence>> | null
  /** Every pair of figures that was compared; empty in records of versions before 1.0. */
  readonly checks: readonly Check[]
  readonly profile: Profile
  /** What the profile was compared with: the live run, the indexes at the alias names, or nothing. */
  readonly comparedWith: { readonly run: RunId } | 'existing indexes' | null
  /** The figures that differ too much. */
  readonly findings: readonly LikenessFinding[]
  /** Of both stages together. */
  readonly digests: DigestCounts
  /** Rows read back from the index store, and the ids of those that differ from what was written. */
  readonly readBack: { readonly rows: number; readonly different: readonly string[] }
  /** How many rows each service counted in its lists, by its own rule. */
  readonly lists: Readonly<Partial<Record<ServiceName, Readonly<Partial<Record<IndexName, number>>>>>>
  /** Why it may not go live automatically; null if it may. */
  readonly refusal: Refusal | null
  /** A refusal that was accepted because the operator expected it; null if none. */
  readonly accepted: Refusal | null
}

/** How a generation differs from the one that was live. */
export interface RunComparison {
  readonly with: KeptGeneration
  /** The day for which the lists of both were read. */
  readonly day: Day
  readonly at: number
  readonly summary: ComparisonSummary
}

/** What a person decided about a run that was held back. */
export interface RunDecision {
  readonly action: 'promoted' | 'discarded'
  readonly by: string
  readonly why: string
  /** Null if an earlier version did not record it. */
  readonly at: number | null
}

/** One run of the sync job, from its request to its end. Only the writer saves it. */
export interface Run extends RunRequest {
  readonly state: RunState
  readonly finishedAt: number | null
  /** The generation being built; null before there is one. */
  readonly generation: GenerationId | null
  /** The writer's term that the generation belongs to; null before a writer started the run. */
  readonly term: number | null
  /** Oldest first. */
  readonly restarts: readonly Restart[]
  readonly stages: Readonly<Partial<Record<Stage, StageProgress>>>
  /** Null before checking. */
  readonly evidence: RunEvidence | null
  readonly failure: RunFailure | null
  /** How its generation differed from live; null if they were not compared. */
  readonly comparison: RunComparison | null
  /** For a verification, its result; null before, and for other runs. */
  readonly verification: Verification | null
  /** Who promoted or discarded it, and why; null if it was not decided by hand. */
  readonly decision: RunDecision | null
  /** The stages whose sender sends no run headers and no totals, so that completeness is not proved. */
  readonly unproved: readonly SendStage[]
}

/** The totals that a sender reports at the end; the manifest is compared with them. */
export interface Totals {
  readonly messages: number
  /** Rows in the messages. */
  readonly rows: number
  /** Rows of the source that could not be sent; they are in the failures of the run. */
  readonly failedRows: number
}

/**
 * A service's claim on a stage of one generation: a lease with an attempt. Made once for `trainees` and `doctors`; for
 * `lists`, another claim may follow once the lease has expired.
 */
export interface Claim {
  readonly run: RunId
  readonly generation: GenerationId
  readonly stage: ClaimedStage
  readonly service: ServiceName
  readonly attempt: AttemptId
  readonly holder: string
  /** When the lease expires (milliseconds since the epoch) unless it is renewed. */
  readonly until: number
  readonly expected: number | null
  readonly edition: string | null
  /** Null until the sender has sent everything. */
  readonly totals: Totals | null
  /** For `lists`: how many rows the service counts in each of its lists. Null until then, and for the other stages. */
  readonly counts: Readonly<Partial<Record<IndexName, number>>> | null
  /** Set by a sender that failed; `transient` if another attempt may succeed. */
  readonly failure: { readonly code: ErrorCode; readonly reason: string; readonly transient: boolean } | null
}

/** What was received of one attempt: each message is counted once, by its sequence number. Kept in memory. */
export interface Manifest {
  readonly messages: number
  readonly rows: number
  readonly failedRows: number
  readonly withoutTrainee: number
}

/** Where a row failed: in a stage of its run, or when its keys were refreshed. Without spaces: see `failureCursor`. */
export const FAILURE_STAGES = ['trainees', 'doctors', 'lists', 'refresh'] as const satisfies readonly (
  ClaimedStage | 'refresh'
)[]
export type FailureStage = (typeof FAILURE_STAGES)[number]

/** A row that is missing or wrong in a generation, and why. */
export interface FailedRow {
  readonly run: RunId
  readonly generation: GenerationId
  readonly stage: FailureStage
  /** When it last failed, in milliseconds since the epoch; null if an earlier version did not record it. */
  readonly at: number | null
  /** `tcs-<personId>`, `gmc-<number>`, or the position in the message. */
  readonly key: string
  readonly code: ErrorCode
  readonly reason: string
}

/** The writer's lease. It has one holder at a time. */
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

/** The request for a run, with all that its record starts from. */
export interface RunRequest {
  readonly id: RunId
  /** The day the rules use throughout. */
  readonly day: Day
  readonly requestedAt: number
  readonly requestedBy: string
  /** Why this run is expected to differ from live, so that it goes live anyway; null if it is not. */
  readonly expect: string | null
  /** The operator's reason for saying that a sender of an earlier run has stopped; null if none was given. */
  readonly senderGone: string | null
  readonly purpose: Purpose
  /** For a verification: what to do if live differs; null to do nothing. */
  readonly repair: Repair | null
  /** The id that the requester made for it, so that asking twice starts one run; null if they made none. */
  readonly request: string | null
}

/** What a run is for: to go live, to be held back for a person to decide, or to be compared with live and dropped. */
export const PURPOSES = ['sync', 'preview', 'verify'] as const
export type Purpose = (typeof PURPOSES)[number]

/** How to repair live: promote the generation that was built, or refresh the rows that differ. */
export const REPAIRS = ['promote', 'rows'] as const
export type Repair = (typeof REPAIRS)[number]

/** A promotion or rollback that has started. Until it is cleared, the aliases tell whether it took place. */
export interface AliasChange {
  readonly kind: 'promotion' | 'rollback'
  /** What the aliases pointed to; null before the first promotion. */
  readonly from: KeptGeneration | null
  readonly to: KeptGeneration
  /** The request that asked for it; null for the promotion of a run that passed its checks. */
  readonly request: string | null
  readonly by: string
  readonly why: string
  readonly at: number
}

/** A sender without run headers that had not finished when its run ended: what it still sends belongs to no run. */
export interface StillSending {
  readonly stage: SendStage
  readonly run: RunId
  readonly since: number
  /** Whether its end message was received: it is done once its queue is quiet. */
  readonly hasEnded: boolean
}

/**
 * The state of the installation. It is one record, so that starting a run, promoting and rolling back exclude each other
 * by one compare-and-set. It names every generation that must not be dropped.
 */
export interface Installation {
  /** The term of the current writer. Writers of earlier terms may not change this record. */
  readonly term: number
  /** The run in progress; null if there is none. Its record may follow a moment later. */
  readonly currentRun: RunRequest | null
  readonly live: KeptGeneration | null
  readonly previous: KeptGeneration | null
  /** The generation that checks held back. It is kept for an operator to promote, until another is held back. */
  readonly heldBack: KeptGeneration | null
  /** The request that is discarding the generation held back; null if none is. */
  readonly discarding: string | null
  /** The generation that the run in progress builds; set before the generation exists. */
  readonly building: KeptGeneration | null
  /**
   * The generation that was made of the Java services' indexes, and the record that stands for its run. Kept until a person discards
   * it, whatever else it is, so that there is always a way back.
   */
  readonly java: KeptGeneration | null
  readonly changing: AliasChange | null
  /** The latest completed name changes, newest first. */
  readonly history: readonly AliasChange[]
  /** While there are any, no run can start. */
  readonly stillSending: readonly StillSending[]
  /**
   * Kept generations that missed a change, because a write failed, and why. They are neither promoted nor rolled back to.
   */
  readonly stale: Readonly<Record<GenerationId, { readonly reason: string; readonly at: number }>>
}

/**
 * Whose rows to refresh: keys as an operator writes them, and recommendations by `_id`, whose doctors are looked up in the
 * source; or the doctors of a designated body; or all failed rows.
 */
export type ResyncScope =
  | { readonly keys: readonly string[]; readonly recommendations?: readonly string[] }
  | { readonly body: string }
  | { readonly failed: true }

/** What a resync did in the live generation. */
export interface ResyncResult {
  /** The rows that were written, by id; the first thousand. */
  readonly changed: readonly { readonly id: RowId; readonly op: 'created' | 'replaced' | 'deleted' }[]
  /** How many rows were written. */
  readonly written: number
  /** How many keys were refreshed. */
  readonly keys: number
  /** Keys that neither source nor a row knows, as the operator wrote them. */
  readonly unknown: readonly string[]
  /** Rows of the keys that failed. */
  readonly failed: readonly { readonly key: string; readonly code: ErrorCode; readonly reason: string }[]
}

/** A request from another process to the writer. */
export interface WriterRequest {
  /** Made by the requester; of two requests with the same id, one is carried out. */
  readonly id: string
  readonly kind: 'cancel' | 'rollback' | 'promote' | 'discard' | 'resync' | 'erase'
  /** The run to promote, discard, cancel or roll back to; null cancels the current one, or rolls back to the previous one. */
  readonly run: RunId | null
  /** For `resync`, and for `erase`, which takes one key and loses it with the answer; null for the others. */
  readonly scope: ResyncScope | null
  /** What the person saw who decided (`installationSeen`): if it has changed, nothing is done. Null for no condition. */
  readonly seen: string | null
  readonly by: string
  readonly why: string
  readonly at: number
  readonly answer:
    | { readonly ok: true; readonly resync?: ResyncResult; readonly erasure?: ErasureResult }
    | { readonly ok: false; readonly code: ErrorCode; readonly reason: string }
    | null
}

/** Requests, oldest first; answered ones are kept for a while so that the requester can read the answer. */
export interface Inbox {
  readonly requests: readonly WriterRequest[]
}

/** What an operator did about failures and dead letters; kept on record, newest first. */
export interface FailureDecision {
  readonly action: 'replayed' | 'discarded' | 'expired'
  /** Channel or stage, and key or id of each; no personal data beyond the key. */
  readonly what: readonly string[]
  readonly by: string
  readonly why: string
  readonly at: number
}

export interface FailureDecisions {
  readonly decisions: readonly FailureDecision[]
}

/** The records that are read by id and changed by compare-and-set, by kind. */
export interface LedgerRecords {
  readonly audit: AuditEntry
  readonly changes: ChangesStatus
  readonly decisions: FailureDecisions
  readonly erasures: Erasures
  readonly verification: Verification
  readonly findings: Findings
  readonly run: Run
  readonly claim: Claim
  readonly lease: Lease
  readonly installation: Installation
  readonly inbox: Inbox
  readonly processes: Processes
  readonly schedule: ScheduleRecord
  readonly notifications: Notifications
}
export type RecordKind = keyof LedgerRecords

/** The revision of a record that was read. Opaque. */
export type Revision = string

export interface Recorded<T> {
  readonly value: T
  readonly revision: Revision
}

/**
 * Keeps runs and failures: small records, read by id and changed by compare-and-set. Each call is one attempt, except a
 * `save` whose answer was lost. While the backend is away, calls reject with a transient error.
 */
export interface RunLedger {
  /** The current record, never a stale one; null if there is none. What an earlier version did not record has its default. */
  read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null>
  /**
   * Saves a record durably if its revision is still the given one (`'new'`: if there is none yet), and resolves with the
   * new revision. Otherwise rejects LEDGER_CONFLICT and saves nothing. `guard` is called in the tick in which the request
   * leaves; if it throws, nothing is sent.
   */
  save<K extends RecordKind>(
    kind: K,
    id: string,
    value: LedgerRecords[K],
    revision: Revision,
    guard?: Guard,
  ): Promise<Revision>
  /** The runs, newest first by `requestedAt`. For display: it may lag behind `read`. */
  runs(limit: number): Promise<readonly Run[]>

  /** The entries of the audit log before the one with the id `before`, newest first by id. It may lag behind `read`. */
  audit(limit: number, before?: string): Promise<readonly AuditEntry[]>
  /** Removes the entries before the one with this id. Idempotent. */
  removeAudit(before: string): Promise<void>

  /** Adds failures. Idempotent by generation, stage and key: the latest one is kept. */
  addFailures(failures: readonly FailedRow[]): Promise<void>
  /** The failures of a generation after the cursor `after`, ordered by `failureCursor`, by code point. */
  failures(generation: GenerationId, limit: number, after?: string): Promise<readonly FailedRow[]>
  countFailures(generation: GenerationId): Promise<number>
  /** The failures of these keys in all generations, those of runs that are over too, in any order. */
  failuresOfKeys(keys: readonly string[]): Promise<readonly FailedRow[]>
  /**
   * Removes the failures of these keys in any stage of a generation: their rows are right again, or were discarded.
   * Idempotent.
   */
  removeFailures(generation: GenerationId, keys: readonly string[]): Promise<void>
  /** Removes all failures of these runs, in any generation. Idempotent. */
  removeFailuresOf(runs: readonly RunId[]): Promise<void>
  /** Removes the claims of a run that is over; its record and failures stay. Idempotent. */
  tidy(run: RunId): Promise<void>
  /** Removes the record, failures and findings of a run that is over and whose generation is not kept. Idempotent. */
  forget(run: RunId): Promise<void>

  /**
   * The time of the ledger's server in milliseconds since the epoch, accurate to a second; null if the ledger is on this
   * machine.
   */
  serverTime(): Promise<number | null>
  ping(): Promise<void>
  close(): Promise<void>
}

/** The position of a failure in the list of failures. */
export function failureCursor(failure: Pick<FailedRow, 'stage' | 'key'>): string {
  return `${failure.stage} ${failure.key}`
}

/** The id of a claim's record. */
export function claimId(claim: Pick<Claim, 'generation' | 'stage' | 'service'>): string {
  return `${claim.generation}/${claim.stage}/${claim.service}`
}

export const INSTALLATION = 'installation'
export const INBOX = 'inbox'
export const WRITER = 'writer'
export const DECISIONS = 'decisions'
