import { assemble } from '../../../domain/assemble.ts'
import { numberOfRow, type Row } from '../../../domain/row.ts'
import { FIELD_COLUMNS, HIDDEN, SHOWN } from './generation-schema.ts'
import { marksToText, partsToText } from '../row-codec.ts'

export type StoredValue = string | number | null

/** A row that is ready to be stored under a key. */
export interface StorableRow {
  readonly key: number
  /** The GMC number as an integer, null where the row joins nothing. */
  readonly number: number | null
  /** The values of `ROW_COLUMNS`. */
  readonly values: readonly StoredValue[]
}

/**
 * The row as it is stored by writing number `seq`. Throws TypeError for a field that no column can hold, so that it
 * fails its own row and not the batch.
 */
export function storable(row: Row, key: number, seq: number): StorableRow {
  // Stored, half a character becomes another one: two rows would have one id.
  if (!row.id.isWellFormed()) throw new TypeError('the id of the row is no text that can be stored')
  const joined = numberOfRow(row)
  const number = joined === null ? null : Number(joined)
  const document = assemble(row.parts)
  const values: StoredValue[] = [key, row.id, seq, row.hidden ? HIDDEN : SHOWN, number]
  for (const field of FIELD_COLUMNS) {
    const value = document[field]
    if (typeof value === 'string' || typeof value === 'number' || value === null) values.push(value)
    else if (typeof value === 'boolean') values.push(value ? 1 : 0)
    else throw new TypeError(`${field} is neither text nor a number (${typeof value})`)
  }
  values.push(marksToText(row.marks), partsToText(row.parts))
  return { key, number, values }
}
