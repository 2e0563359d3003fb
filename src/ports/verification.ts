import type { Day } from '../domain/day.ts'
import type { ListName } from '../domain/lists.ts'
import type { RowId } from '../domain/row.ts'
import type { KeptGeneration, Repair, RunId } from './run-ledger.ts'

/** A row of live that is not as the sources require, or a row of a table of live that is not as its master row requires. */
export interface Finding {
  /** The table; null for a row of the master index. */
  readonly list: ListName | null
  /** In a table, any other than that of a master row if a Java service made it. */
  readonly id: RowId
  /** `missing`: live or the table lacks it; `surplus`: only live or the table has it. */
  readonly kind: 'missing' | 'surplus' | 'different'
  /** For `different`: the fields, in the order of `domain/comparison.ts`; empty for the others. */
  readonly fields: readonly string[]
  /** Whether a repair by rows put it right. */
  readonly isRepaired: boolean
}

/** The result of a verification: what is live, compared with a generation that was built from the sources for the same day. */
export interface Verification {
  readonly run: RunId
  readonly by: string
  readonly live: KeptGeneration
  /** The day of live. */
  readonly day: Day
  /** Milliseconds since the epoch. */
  readonly finishedAt: number
  /** Rows of live, and of what was built. */
  readonly rows: { readonly live: number; readonly built: number }
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** The same of the rows of the four tables, compared with the master index of live; null if the lists are views. */
  readonly tables: { readonly missing: number; readonly surplus: number; readonly different: number } | null
  /** How many of all these are in the records of findings: the first ones, by id, and the first ones in tables. */
  readonly listed: number
  /** Rows that differed at first, but not when they were checked again: their changes were on their way. */
  readonly settled: number
  /** How live was repaired; null if it was not. `remaining`: rows that still differ. */
  readonly repaired: { readonly how: Repair; readonly at: number; readonly remaining: number } | null
}

/** Some findings of a verification. */
export interface Findings {
  readonly findings: readonly Finding[]
}

/** The id of the record of the latest verification. */
export const LATEST = 'latest'
/** How many findings a record has. */
export const FINDINGS_A_RECORD = 1_000
/** How many records of findings a verification has at most. */
export const MOST_FINDINGS_RECORDS = 100

/** The id of a record of findings: `at` counts from 0. */
export function findingsId(run: RunId, at: number): string {
  return `${run}/${at}`
}

/** The run of a record of findings. */
export function runOfFindings(id: string): RunId {
  return id.slice(0, id.lastIndexOf('/'))
}
