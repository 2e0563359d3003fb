import { columnsOf, type TcsTable } from '../../domain/tcs-tables.ts'
import { day, id, reference, referenceDue, text, textKey, type Cell } from './cells.ts'
import type { Field, TableFields } from './row-fields.ts'

/** How a column of each kind is read and checked, each for itself. */
const READERS = {
  key: id,
  parent: referenceDue,
  reference,
  number: reference,
  uuidKey: textKey,
  uuid: text,
  text,
  day,
} as const

/** How the rows of a TCS table are read and checked. */
export function tcsFields<Table extends TcsTable>(table: Table): TableFields<Table, Cell> {
  const fields = columnsOf(table).map(({ name, kind }): [string, Field<Cell, unknown>] => [name, READERS[kind]])
  // A reader for each column, of its kind.
  return Object.fromEntries(fields) as TableFields<Table, Cell>
}
