import { dayOrNull, type Day } from '../../domain/day.ts'
import { RowFault } from '../../domain/row-fault.ts'
import { shown, type Field } from './row-fields.ts'

/** A cell of CSV; null if it is empty, or `\N` as MySQL writes NULL. */
export type Cell = string | null
export type CellField<Value> = Field<Cell, Value>

function integer(name: string, cell: string): number {
  const number = /^-?\d{1,16}$/.test(cell) ? Number(cell) : NaN
  if (Number.isSafeInteger(number)) return number
  throw new RowFault('ROW_FIELD_INVALID', name, `${shown(cell)} is not a number`)
}

function integerDue(name: string, cell: Cell): number {
  if (cell !== null) return integer(name, cell)
  throw new RowFault('ROW_KEY_MISSING', name, 'expected a number, got an empty field')
}

/** The id that a row is known by. */
export const id: CellField<number> = { read: integerDue, isKey: true }

/** The id of another row, which must be there. */
export const referenceDue: CellField<number | null> = { read: integerDue }

/** The id of another row, if any. */
export const reference: CellField<number | null> = {
  read: (name, cell) => (cell === null ? null : integer(name, cell)),
}

/** The text that a row is known by. */
export const textKey: CellField<string> = {
  read: (name, cell) => {
    if (cell !== null && cell.trim() !== '') return cell
    throw new RowFault('ROW_KEY_MISSING', name, 'key of the row is blank')
  },
  isKey: true,
}

/** A text unchanged. */
export const text: CellField<string | null> = { read: (_name, cell) => cell }

/** A date, with or without a time of day. */
export const day: CellField<Day | null> = { read: dayOrNull }
