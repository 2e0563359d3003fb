import type { ListOrder, SortColumn } from '../../../domain/list-query.ts'
import { isName, keyColumn, NO_NAME, SEARCHED, SHARED } from '../../index-store/sqlite/list-columns.ts'

// Missing names are stored as a key that comes last (`NO_NAME`).
const TIES = `${keyColumn('doctorLastName')}, ${keyColumn('doctorFirstName')}, id`

/**
 * The order of a list in two parts: the rows with a value in its column, then those without. Two statements, because NULLS LAST in
 * one would keep SQLite from reading in the order of an index.
 */
export interface OrderedPart {
  /** Part of the condition. */
  readonly where: string
  readonly orderBy: string
}

export function partsOf({ column, direction }: ListOrder): readonly OrderedPart[] {
  if (column === null) return [{ where: 'TRUE', orderBy: TIES }]
  const key = keyOf(column)
  if (isName(column)) {
    const named = { where: `${key} <> '${NO_NAME}'`, orderBy: `${key} ${direction}, ${TIES}` }
    return [named, { where: `${key} = '${NO_NAME}'`, orderBy: TIES }]
  }
  return [
    { where: `${key} IS NOT NULL`, orderBy: `${key} ${direction}, ${TIES}` },
    { where: `${key} IS NULL`, orderBy: TIES },
  ]
}

function keyOf(column: SortColumn): string {
  if (SHARED.includes(column)) return `(SELECT sort FROM shared WHERE shared.key = row.${keyColumn(column)})`
  return SEARCHED.some((searched) => searched === column) ? keyColumn(column) : column
}
