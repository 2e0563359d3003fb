import type { AssembledDocument } from './assemble.ts'
import type { IndexName } from './lists.ts'
import type { Row, RowId } from './row.ts'

/** A row as it is compared: parts, the fields as stored, and what is wrong in what its store searches by. */
export interface ComparedRow {
  readonly row: Row
  readonly document: AssembledDocument
  readonly wrongKeys: readonly string[]
}

/** A row that two generations do not have alike. */
export interface RowDifference {
  readonly id: RowId
  /** `missing`: only the second has it; `surplus`: only the first has it. */
  readonly kind: 'missing' | 'surplus' | 'different'
  readonly before: ComparedRow | null
  readonly after: ComparedRow | null
  /**
   * For `different`: the fields of the index that differ; then fields of parts that differ although no field shows it, such as
   * `doctor.doctorFirstName`; then keys of the store, such as `key.number`. Empty for the others.
   */
  readonly fields: readonly string[]
}

/** How many rows enter and leave a list, and how many stay in it and change. */
export interface Movement {
  readonly enter: number
  readonly leave: number
  readonly change: number
}

/** The movements in a list: of all rows, and by designated body. A row that moves between bodies leaves one and enters the other. */
export interface ListMovements {
  readonly all: Movement
  /** By the code of the body; '' for rows without one. Bodies without movement are absent. */
  readonly bodies: Readonly<Record<string, Movement>>
}

/** How two generations differ, in figures. */
export interface ComparisonSummary {
  readonly rows: { readonly before: number; readonly after: number }
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** How many rows differ in each field. */
  readonly fields: Readonly<Record<string, number>>
  readonly lists: Readonly<Record<IndexName, ListMovements>>
}
