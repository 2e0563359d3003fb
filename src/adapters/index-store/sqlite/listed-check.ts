import type { AssembledDocument } from '../../../domain/assemble.ts'
import type { RowId } from '../../../domain/row.ts'
import { FLAGS, LISTED_COLUMNS, listedValuesOf, programmeValuesOf } from './listed-schema.ts'

// A doctor who is in the index and not in a list is found by comparing what lists are read from with the row.

/** Joins a row with what lists read of it. */
export const WITH_LISTED =
  'LEFT JOIN listed ON listed.key = row.key LEFT JOIN programme ON programme.id = listed.programme'

/** Numbers of programmes differ between files, so what they stand for is compared. */
const OF_PROGRAMME = ['listed.programme IS NULL', 'programme.name', 'programme.words', 'programme.sort']
const COLUMNS = LISTED_COLUMNS.filter((column) => column !== 'key' && column !== 'programme')
const CHECKED = [...OF_PROGRAMME.map(() => 'programme'), ...COLUMNS]

const FLAG_COLUMNS: ReadonlySet<string> = new Set(FLAGS)

/** Columns of `WITH_LISTED`. Flags are read as text: another program may have written a number that JavaScript cannot hold. */
export const CHECKED_COLUMNS: readonly string[] = [
  'listed.key IS NULL',
  ...OF_PROGRAMME,
  ...COLUMNS.map((column) => (FLAG_COLUMNS.has(column) ? `CAST(listed.${column} AS TEXT)` : `listed.${column}`)),
]

type Value = string | number | null

/**
 * What does not follow from the row, by the values of its `CHECKED_COLUMNS`: `listed` if lists do not have the row at all; otherwise
 * the columns that are wrong, such as `listed.words`.
 */
export function wrongInListed(
  id: RowId,
  document: AssembledDocument,
  [isAbsent, ...values]: readonly Value[],
): string[] {
  if (isAbsent === 1) return ['listed']
  const right = rightValues(id, document)
  return [...new Set(CHECKED.filter((_, at) => values[at] !== right[at]))].map((column) => `listed.${column}`)
}

function rightValues(id: RowId, document: AssembledDocument): readonly Value[] {
  const { programmeName: name } = document
  const values = listedValuesOf(0, id, document, null)
  const byColumn = new Map(LISTED_COLUMNS.map((column, at) => [column, values[at] ?? null]))
  return [
    ...(name === null ? [1, null, null, null] : [0, name, ...programmeValuesOf(name)]),
    ...COLUMNS.map((column) => {
      const value = byColumn.get(column) ?? null
      return FLAG_COLUMNS.has(column) ? String(value) : value
    }),
  ]
}
