import type { ListOrder } from '../../../domain/list-query.ts'
import { isName, NO_NAME } from '../../index-store/sqlite/listed-schema.ts'

// Names that are missing are stored as one that comes last (`NO_NAME`).
const TIES = 'doctorLastName, doctorFirstName, id'

/**
 * A list in its order, part by part: the rows that have a value in its column, then those that have none. In two statements, since
 * NULLS LAST in one keeps SQLite from reading in the order of an index.
 */
export interface OrderedPart {
  /** Part of the condition. */
  readonly where: string
  readonly orderBy: string
}

export function partsOf({ column, direction }: ListOrder): readonly OrderedPart[] {
  if (column === null) return [{ where: 'TRUE', orderBy: TIES }]
  if (isName(column)) {
    const named = { where: `${column} <> '${NO_NAME}'`, orderBy: `${column} ${direction}, ${TIES}` }
    return [named, { where: `${column} = '${NO_NAME}'`, orderBy: TIES }]
  }
  const key = column === 'programmeName' ? '(SELECT sort FROM programme WHERE programme.id = listed.programme)' : column
  return [
    { where: `${key} IS NOT NULL`, orderBy: `${key} ${direction}, ${TIES}` },
    { where: `${key} IS NULL`, orderBy: TIES },
  ]
}
