import type { Day } from '../../domain/day.ts'
import type { GmcNumber } from '../../domain/gmc-number.ts'
import type { ListReason } from '../../domain/list-reasons.ts'
import type { RowId } from '../../domain/row.ts'
import type { TableDifference } from '../../domain/table-difference.ts'
import type { TcsPerson } from '../../domain/trainee.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import type { ChangesStatus } from '../../ports/changes.ts'
import type { GenerationId, StoredRow } from '../../ports/index-store.ts'
import type { FailureStage, RunId, RunState } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { DoctorRecord } from '../../ports/sources.ts'
import type { ListedFailure } from '../failures/failure.ts'
import type { RefusedRow } from '../refresh/wanted-rows.ts'
import type { Known } from './known.ts'

/** Why a generation is kept. */
export const KEPT = ['live', 'previous', 'held back'] as const
export type Kept = (typeof KEPT)[number]

/** A kept generation, and the rows that the key leads to in it. Times are milliseconds since the epoch. */
export interface ExplainedGeneration {
  readonly kept: Kept
  readonly generation: GenerationId
  readonly run: RunId
  readonly runState: RunState
  /** The day that its rows are for. */
  readonly day: Day
  /** When the run began to write it, and when the run ended. */
  readonly createdAt: number | null
  readonly finishedAt: number | null
  readonly rows: Known<readonly StoredRow[]>
}

/** A row of the live generation. */
export interface LiveRow {
  readonly id: RowId
  readonly lists: readonly ListReason[]
}

/** A person of TCS. */
export interface ExplainedPerson {
  readonly person: TcsPerson
  /** Why REVAL_TRAINEES excludes the person; null if it does not. */
  readonly excludedBecause: string | null
  /** For each membership, whether it is current on the day of live; null if a date is impossible. */
  readonly isCurrent: readonly (boolean | null)[]
}

/** What the sources have now for the key and for all that it leads to: who shares the number, the doctor of a person. */
export interface SourcesNow {
  readonly persons: Known<readonly ExplainedPerson[]>
  readonly documents: Known<readonly DoctorRecord[]>
  readonly reasons: Known<ReadonlyMap<GmcNumber, string>>
}

/** What a resync would write to a row of live. */
export interface ResyncChange {
  readonly id: RowId
  readonly op: 'create' | 'replace' | 'delete'
  /** For `replace`: the fields that differ, with the values in live and those that the sources require. */
  readonly fields: readonly { readonly field: string; readonly before: Value; readonly after: Value }[]
}
export type Value = string | number | boolean | null

export interface ResyncPlan {
  readonly changes: readonly ResyncChange[]
  /** Records that a rule refuses. */
  readonly refused: readonly RefusedRow[]
}

/** A failed row of a kept generation or of the run in progress. */
export interface ExplainedFailure {
  readonly of: Kept | 'in progress'
  readonly stage: FailureStage
  readonly key: string
  readonly code: ErrorCode
  /** With the values that it quotes. */
  readonly reason: string
  readonly at: number | null
}

/** A GMC number that several persons of TCS have. */
export interface SharedNumber {
  readonly number: GmcNumber
  readonly personIds: readonly number[]
}

/** All that is known of a key. It holds personal data. */
export interface Explanation {
  /** As given. */
  readonly key: string
  /** What the key can be: a person, a GMC number, a stored id. */
  readonly meanings: readonly ChangedKey[]
  readonly at: number
  /** The day on which the lists were read. */
  readonly today: Day
  /** Whether anything is known of the key. */
  readonly isKnown: boolean
  readonly generations: readonly ExplainedGeneration[]
  /** The rows in live. */
  readonly live: readonly LiveRow[]
  /** What the tables of live have otherwise than its master; none if nothing is live or its lists are views. */
  readonly tables: Known<readonly TableDifference[]>
  readonly sources: SourcesNow
  readonly shared: readonly SharedNumber[]
  /** Not known if nothing is live, or a source cannot be read. */
  readonly resync: Known<ResyncPlan>
  readonly failures: readonly ExplainedFailure[]
  readonly deadLetters: Known<readonly ListedFailure[]>
  /** How far live changes are; null if no writer has consumed any. */
  readonly changes: ChangesStatus | null
}
