import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import { belongsTo, documentIn, INDEX_FIELDS, type IndexDocument, type ListName } from './lists.ts'

/** A row of a table that is not as the master row requires. */
export interface TableDifference {
  readonly list: ListName
  /** That of the row in the table: of a row that a Java service made, not that of a master row. */
  readonly id: string
  /** `missing`: the table lacks it; `surplus`: only the table has it. */
  readonly kind: 'missing' | 'surplus' | 'different'
  /** For `different`: the fields of the list that differ; empty for the others. */
  readonly fields: readonly string[]
}

/** What a table must have of a master row on the day of the table; null if nothing. */
export function requiredIn(list: ListName, master: AssembledDocument | null, tableDay: Day): IndexDocument | null {
  return master !== null && belongsTo(list, master, tableDay) ? documentIn(list, master) : null
}

/** How a row of a table differs from what the master row requires; null if it does not. Both are null if there is no such row. */
export function tableDifference(
  list: ListName,
  id: string,
  required: IndexDocument | null,
  found: IndexDocument | null,
): TableDifference | null {
  if (found === null) return required && { list, id, kind: 'missing', fields: [] }
  if (required === null) return { list, id, kind: 'surplus', fields: [] }
  const fields = INDEX_FIELDS[list].filter((field) => required[field] !== found[field])
  return fields.length === 0 ? null : { list, id, kind: 'different', fields }
}
