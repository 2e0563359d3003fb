import type { GmcOutcome } from '../codes.ts'
import type { DifferencesOptions, JavaDifference, RowPair } from './java-differences.ts'

/** By the `_id` of a doctor as stored; doctors of whom that is not known are absent. */
export type Tied = ReadonlyMap<string, readonly (GmcOutcome | null)[]>

/** What can prove that a difference is intended. */
export interface DifferenceContext extends DifferencesOptions {
  /** The row that differs. */
  readonly pair: RowPair
  /** The other rows that the Java services confuse with it: their numbers share a word, directly or by way of others. */
  readonly others: readonly RowPair[]
  /** What the recommendations would show that share the latest `actualSubmissionDate`, one entry each, by the `_id` of a doctor who has any. */
  readonly tied: Tied
}

/** Whether the data prove that a rule made this difference. If in doubt, it did not. */
export type Explains = (difference: JavaDifference, context: DifferenceContext) => boolean
