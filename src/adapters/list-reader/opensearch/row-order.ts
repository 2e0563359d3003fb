import type { ListOrder, SortColumn } from '../../../domain/list-query.ts'
import { sortsAsItIs } from '../../../domain/search-keys.ts'
import { kindOf } from '../../../domain/fields.ts'

type Direction = ListOrder['direction']

/** How an engine sorts by a field. */
export type Sorting = Readonly<Record<string, object>>

/** Columns whose sort key is also searched. */
const FOUND_BY: Partial<Record<SortColumn, string>> = {
  gmcReferenceNumber: 'reval.find.number',
  doctorFirstName: 'reval.find.first',
  doctorLastName: 'reval.find.last',
}

/** Later than any day, in milliseconds. Exact in JSON, unlike the engine's own value for a missing day. */
const AFTER_ALL_DAYS = 1e15

/** The order of a list, as `compareRows` of the domain defines it; reversed if `backwards`. */
export function sortingOf({ column, direction }: ListOrder, isBackwards = false): readonly Sorting[] {
  const ties = (['doctorLastName', 'doctorFirstName'] as const).filter((tie) => tie !== column)
  return [
    ...(column === null ? [] : [byColumn(column, direction, isBackwards)]),
    ...ties.map((tie) => byColumn(tie, 'asc', isBackwards)),
    { 'reval.id': { order: turned('asc', isBackwards) } },
  ]
}

function byColumn(column: SortColumn, direction: Direction, isBackwards: boolean): Sorting {
  const order = turned(direction, isBackwards)
  // Rows without a value are last in both directions, so they come first when reading from the end.
  if (kindOf(column) === 'day') {
    const isLast = (order === 'asc') !== isBackwards
    return { [column]: { order, missing: isLast ? AFTER_ALL_DAYS : -AFTER_ALL_DAYS } }
  }
  return { [keyOf(column)]: { order, missing: isBackwards ? '_first' : '_last' } }
}

function keyOf(column: SortColumn): string {
  return FOUND_BY[column] ?? (sortsAsItIs(column) ? `${column}.keyword` : `reval.sort.${column}`)
}

function turned(direction: Direction, isBackwards: boolean): Direction {
  return (direction === 'asc') !== isBackwards ? 'asc' : 'desc'
}
