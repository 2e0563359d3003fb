import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import {
  DAY_FILTERS,
  type ListFilters,
  type ListName,
  type ListOrder,
  type ListQuery,
  type ListSearch,
  type SuggestQuery,
} from './list-query.ts'
import { isInList, maySee } from './may-see.ts'
import type { RowId } from './row.ts'
import { programmeKey, searchKeysOf, sortKeyOf } from './search-keys.ts'
import { compareByCodePoint } from './text.ts'
import { squashed, words, type Folded } from './words.ts'

// Defines which rows a list has for a query, and in which order. Stores get the same result by comparing the keys of
// `search-keys.ts`; a contract suite checks them against this definition.

/** A row, as far as lists need it. */
export interface ListRow {
  readonly id: RowId
  readonly document: AssembledDocument
}

/** How many words of a search count. */
const MOST_WORDS = 8

/** The search for a typed text; null if it is blank, which does not limit the list. */
export function searchOf(text: string): ListSearch | null {
  if (text.trim() === '') return null
  const phrase = words(text)
  const found = phrase.split(' ').filter((word) => word !== '') as Folded[]
  return { words: found.slice(0, MOST_WORDS), phrase, squashed: squashed(text) }
}

/** The rows of a list in its order. */
export function listOf<Row extends ListRow>(rows: readonly Row[], query: ListQuery, today: Day): readonly Row[] {
  const { list, order } = query
  return rows
    .filter(({ document }) => isInList(list, document, today) && maySee(list, document, query))
    .filter(({ document }) => matches(document, query))
    .toSorted((a, b) => compareRows(a, b, order))
}

/** The most values that are suggested. */
export const MOST_SUGGESTIONS = 20

/** The suggested values, taken from the doctors in scope. */
export function suggestionsOf(rows: readonly ListRow[], query: SuggestQuery, today: Day): readonly string[] {
  const counts = new Map<string, number>()
  for (const { document } of rows) {
    const value = document[query.field]
    if (value === null || !isInList('doctors', document, today) || !maySee('doctors', document, query)) continue
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return suggestedOf(counts, query)
}

/** The suggestions among values of the doctors in scope, each with its number of rows. */
export function suggestedOf(
  counts: Iterable<readonly [value: string, rows: number]>,
  query: Pick<SuggestQuery, 'field' | 'phrase'>,
): readonly string[] {
  return [...counts]
    .filter(([value]) => isSuggested(value, query))
    .toSorted(([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || compareByCodePoint(a, b))
    .slice(0, MOST_SUGGESTIONS)
    .map(([value]) => value)
}

/** Whether a word of the value starts with the text. */
function isSuggested(value: string, { field, phrase }: Pick<SuggestQuery, 'field' | 'phrase'>): boolean {
  const key = field === 'programmeName' ? programmeKey(value) : ` ${words(value)}`
  return phrase === '' || key.includes(` ${phrase}`)
}

/** Whether a row matches the search and the filters. */
export function matches(
  document: AssembledDocument,
  { list, search, filters }: Pick<ListQuery, 'list' | 'search' | 'filters'>,
): boolean {
  return (search === null || isFound(list, document, search)) && passes(document, filters)
}

function isFound(list: ListName, document: AssembledDocument, search: ListSearch): boolean {
  if (search.words.length === 0) return false
  const keys = searchKeysOf(document)
  if (keys.number.startsWith(search.squashed)) return true
  switch (list) {
    case 'doctors':
      return haveEach(keys.words, search.words) || keys.programme.includes(` ${search.phrase}`)
    case 'discrepancies':
      return haveEach(keys.words, search.words)
    default:
      return keys.first.includes(search.squashed) || keys.last.includes(search.squashed)
  }
}

/** Whether each word of the search starts a word of the row. */
function haveEach(ofRow: readonly Folded[], searched: readonly Folded[]): boolean {
  return searched.every((word) => ofRow.some((each) => each.startsWith(word)))
}

function passes(document: AssembledDocument, filters: ListFilters): boolean {
  const { underNotice, programmeName, gmcStatus, tisStatus, admin, connectedBy, days } = filters
  if (connectedBy) return false
  if (underNotice && document.underNotice !== 'YES') return false
  if (programmeName !== null && !programmeKey(document.programmeName).includes(` ${programmeName} `)) return false
  if (gmcStatus !== null && !gmcStatus.includes(document.gmcStatus)) return false
  if (tisStatus !== null && !tisStatus.includes(document.tisStatus)) return false
  if (admin !== null && sortKeyOf(document, 'admin') !== admin) return false
  return DAY_FILTERS.every((field) => {
    const { from = null, to = null } = days[field] ?? {}
    const day = document[field]
    return (from === null || (day !== null && day >= from)) && (to === null || (day !== null && day <= to))
  })
}

/** The total order of a list: the column, then last name, first name, row id. */
export function compareRows(a: ListRow, b: ListRow, { column, direction }: ListOrder): number {
  const byColumn = column === null ? 0 : compareKeys(a, b, column, direction)
  return (
    byColumn ||
    compareKeys(a, b, 'doctorLastName', 'asc') ||
    compareKeys(a, b, 'doctorFirstName', 'asc') ||
    compareByCodePoint(a.id, b.id)
  )
}

function compareKeys(
  a: ListRow,
  b: ListRow,
  column: NonNullable<ListOrder['column']>,
  direction: ListOrder['direction'],
): number {
  const left = sortKeyOf(a.document, column)
  const right = sortKeyOf(b.document, column)
  // Missing last, in both directions.
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  const order = compareByCodePoint(left, right)
  return direction === 'asc' ? order : -order
}
