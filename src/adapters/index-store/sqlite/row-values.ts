import { assemble, type AssembledDocument } from '../../../domain/assemble.ts'
import { numberOfRow, type RowId } from '../../../domain/row.ts'
import { RowFault } from '../../../domain/row-fault.ts'
import { unrolledObject } from '../../../domain/unrolled.ts'
import { partsOfText } from '../row-codec.ts'
import { FIELD_COLUMNS, isFlag } from './schema.ts'

export type StoredValue = string | number | null

/** The values of `ROW_COLUMNS` without the first three, which identify the row and its version. */
export type StorableRow = readonly [number: StoredValue, ...fieldsAndParts: StoredValue[]]

/**
 * The row of these encoded parts as it is stored. Throws RowFault for a field that no column can hold, so that it
 * fails its own row and not the batch.
 */
export function storable(id: RowId, partsText: string): StorableRow {
  const parts = partsOfText(partsText)
  const joined = numberOfRow({ id, parts })
  const document = assemble(parts)
  const values: [StoredValue, ...StoredValue[]] = [joined === null ? null : Number(joined)]
  for (const field of FIELD_COLUMNS) {
    const value = document[field]
    if (typeof value === 'string' && !value.isWellFormed()) {
      throw new RowFault('ROW_FIELD_INVALID', field, 'contains an incomplete character (lone surrogate)')
    }
    if (typeof value === 'string' || typeof value === 'number' || value === null) values.push(value)
    else if (typeof value === 'boolean') values.push(value ? 1 : 0)
    else throw new RowFault('ROW_FIELD_INVALID', field, `must be text or a number, got ${typeof value}`)
  }
  values.push(partsText)
  return values
}

/** The document whose fields `storable` put into the `FIELD_COLUMNS`. */
export const documentOf = unrolledObject(
  ['values'],
  FIELD_COLUMNS,
  (field, at) => (isFlag(field) ? `values[${at}] === null ? null : values[${at}] === 1` : `values[${at}]`),
  // A column for each field, of the field's type, that only `storable` writes.
) as (values: readonly StoredValue[]) => AssembledDocument
