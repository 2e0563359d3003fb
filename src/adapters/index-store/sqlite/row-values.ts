import { assemble, type AssembledDocument } from '../../../domain/assemble.ts'
import { numberOfRow, type Row, type RowId } from '../../../domain/row.ts'
import { RowFault } from '../../../domain/row-fault.ts'
import { unrolledObject } from '../../../domain/unrolled.ts'
import type { ReadRow, ScannedRow } from '../../../ports/index-store.ts'
import { DAMAGED_PARTS, partsOfText, partsToStore } from '../row-codec.ts'
import { storedDocument } from '../stored-document.ts'
import { wrongListKeys } from './list-check.ts'
import type { ListKeys } from './list-keys.ts'
import { FIELD_COLUMNS, isFlag, isInteger } from './schema.ts'

export type StoredValue = string | number | null

/** The values of `ROW_COLUMNS` without the first three, which identify the row and its version. */
export type StorableRow = readonly [number: StoredValue, ...more: StoredValue[]]

/**
 * The row of these encoded parts as it is stored, with its list keys. Throws RowFault for a field that no column can hold, so that it
 * fails its own row and not the batch.
 */
export function storable(id: RowId, partsText: string, lists: Pick<ListKeys, 'of'>): StorableRow {
  const parts = partsToStore(partsText)
  const document = assemble(parts)
  const values: [StoredValue, ...StoredValue[]] = [numberColumn({ id, parts })]
  for (const field of FIELD_COLUMNS) {
    const value = document[field]
    if (typeof value === 'string' && !value.isWellFormed()) {
      throw new RowFault('ROW_FIELD_INVALID', field, 'contains an incomplete character (lone surrogate)')
    }
    if (typeof value === 'string' || typeof value === 'number' || value === null) values.push(value)
    else if (typeof value === 'boolean') values.push(value ? 1 : 0)
    else throw new RowFault('ROW_FIELD_INVALID', field, `must be text or a number, got ${typeof value}`)
  }
  values.push(...lists.of(document), partsText)
  return values
}

/** The document whose fields `storable` put into the `FIELD_COLUMNS`. */
export const documentOf = unrolledObject(
  ['values'],
  FIELD_COLUMNS,
  (field, at) =>
    isFlag(field) ? `values[${at}] === 1 ? true : values[${at}] === 0 ? false : values[${at}]` : `values[${at}]`,
  // A column for each field, of the field's type, that only `storable` writes.
) as (values: readonly StoredValue[]) => AssembledDocument

/** The values of `READ_COLUMNS`, and of `CHECKED_COLUMNS` too if the row is to be checked. */
export type StoredValues = readonly [id: RowId, number: StoredValue, parts: StoredValue, ...more: StoredValue[]]

const INTEGERS: ReadonlySet<string> = new Set(['number', ...FIELD_COLUMNS.filter(isInteger)])

/**
 * The columns that a row is read from. Reading a whole number that JavaScript cannot hold would fail: one that another
 * program wrote is read as text.
 */
export const READ_COLUMNS: readonly string[] = ['id', 'number', 'parts', ...FIELD_COLUMNS].map((column) =>
  INTEGERS.has(column)
    ? `iif(row.${column} BETWEEN -${Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}, row.${column}, CAST(row.${column} AS TEXT))`
    : `row.${column}`,
)

/** The row of these values. */
export function storedRowOf([id, number, partsText, ...more]: StoredValues): ReadRow {
  const { parts, origin, isDamaged } = partsOfText(partsText)
  const row = { id, parts }
  const wrongKeys = isDamaged ? [DAMAGED_PARTS] : wrongKeysOf(row, number, more.slice(FIELD_COLUMNS.length))
  return { row, document: storedDocument(documentOf(more)), origin, wrongKeys }
}

function wrongKeysOf(row: Row, number: StoredValue, listed: readonly StoredValue[]): string[] {
  const wrong = number === numberColumn(row) ? [] : ['number']
  return listed.length === 0 ? wrong : [...wrong, ...wrongListKeys(assemble(row.parts), listed)]
}

/** A row of a stream: its values as text, until they are asked for. */
export function scannedRow(values: StoredValues): ScannedRow {
  return { id: values[0], content: JSON.stringify(values), read: () => storedRowOf(values) }
}

function numberColumn(row: Row): number | null {
  const number = numberOfRow(row)
  return number === null ? null : Number(number)
}
