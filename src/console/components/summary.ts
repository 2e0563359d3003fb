import type { Cell } from './table.ts'

/** What is known of one thing, as `macros/summary.njk` draws it. */
export type Summary = readonly SummaryRow[]

export interface SummaryRow {
  readonly key: string
  readonly value: Cell
}
