import { INDEX_FIELDS } from '../../domain/lists.ts'
import { SORT_COLUMNS, type ListName, type ListOrder, type SortColumn } from '../../domain/list-query.ts'
import { fault, quoted, type ParameterReader } from './parameter.ts'

/** Names by which the two clients send our columns. */
const ALIASES: Readonly<Record<string, SortColumn>> = {
  programmeMembershipType: 'membershipType',
  programmeMembershipStartDate: 'membershipStartDate',
  programmeMembershipEndDate: 'membershipEndDate',
  doctorStatus: 'tisStatus',
  gmcOutcome: 'gmcStatus',
}

/** Columns of the clients that no source has values for, so that only the ties order the rows. */
const WITHOUT_VALUES: readonly string[] = ['lastConnectionDateTime', 'updatedBy', 'cctDate', 'notes']

const DEFAULT_ORDER = {
  doctors: { column: 'submissionDate', direction: 'asc' },
  connections: { column: 'gmcReferenceNumber', direction: 'desc' },
} as const satisfies Record<string, ListOrder>

/** The columns by which a list may be sorted: those that it shows. */
export function sortColumnsOf(list: ListName): readonly SortColumn[] {
  const fields: readonly string[] = INDEX_FIELDS[list === 'doctors' ? 'recommendationindex' : 'connectedindex']
  return SORT_COLUMNS.filter((column) => fields.includes(column))
}

/** All names that a list's `sortColumn` may have. */
export function sortNamesOf(list: ListName): readonly string[] {
  const columns: readonly string[] = sortColumnsOf(list)
  const aliases = Object.entries(ALIASES).flatMap(([alias, column]) => (columns.includes(column) ? [alias] : []))
  return [...columns, ...aliases, ...WITHOUT_VALUES]
}

/** The order that a request names. Throws USAGE for a column that the list does not show. */
export function orderOf(list: ListName, reader: ParameterReader): ListOrder {
  const fallback = DEFAULT_ORDER[list === 'doctors' ? 'doctors' : 'connections']
  const direction = reader.oneOfAnyCase('sortOrder', ['asc', 'desc']) ?? fallback.direction
  const name = reader.choice('sortColumn')
  if (name === null) return { column: fallback.column, direction }
  if (WITHOUT_VALUES.includes(name)) return { column: null, direction }
  const column = sortColumnsOf(list).find((each) => each === (ownValue(ALIASES, name) ?? name))
  if (column === undefined)
    throw fault(
      'sortColumn',
      `${quoted(name)} is not a column of this list; expected one of ${sortNamesOf(list).join(', ')}`,
    )
  return { column, direction }
}

function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
