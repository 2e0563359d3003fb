import { compareRows } from '../../domain/list-matching.ts'
import { LISTS, NO_FILTERS, type ListName, type ListOrder, type ListSearch } from '../../domain/list-query.ts'
import { isInList, maySee } from '../../domain/may-see.ts'
import type { ListedRow } from '../../ports/list-reader.ts'
import type { FromLive, LiveLists } from './live-lists.ts'
import type { RequestedBodies } from './requested-bodies.ts'

/** The lists that doctors are found in; `all` has everyone. */
export type SearchedList = Exclude<ListName, 'all'>
export const SEARCHED_LISTS = LISTS.filter((list): list is SearchedList => list !== 'all')

export interface FoundDoctor {
  readonly row: ListedRow
  /** The lists that have the row, whether they were searched or not. */
  readonly lists: readonly SearchedList[]
}

export interface FoundDoctors {
  /** By last name, first name and row id. */
  readonly doctors: readonly FoundDoctor[]
  /** Whether there are no others. */
  readonly isComplete: boolean
  /** How many rows match in each list that was searched. */
  readonly totals: Partial<Readonly<Record<SearchedList, number>>>
}

export interface FindRequest {
  readonly search: ListSearch
  readonly lists: readonly SearchedList[]
  /** Less than 1,000. */
  readonly limit: number
}

const BY_NAME: ListOrder = { column: null, direction: 'asc' }

/** The first doctors that at least one of the lists finds; each list searches by its own rule. Rejects what `LiveLists.read` does. */
export function findDoctors(
  live: LiveLists,
  { search, lists, limit }: FindRequest,
  bodies: RequestedBodies,
): Promise<FromLive<FoundDoctors>> {
  return live.read(bodies, async ({ reader, generation, today, scope }) => {
    // All lists have one order, so the first rows of each suffice; one more shows whether there are others.
    const place = { offset: 0, size: limit + 1 }
    const pages = await Promise.all(
      lists.map(async (list) => {
        const query = { list, search, filters: NO_FILTERS, order: BY_NAME, ...scope }
        return [list, await reader.page(generation, query, today, place)] as const
      }),
    )
    const rows = new Map(pages.flatMap(([, page]) => page.rows.map((row) => [row.id, row])))
    const found = [...rows.values()].toSorted((a, b) => compareRows(a, b, BY_NAME))
    return {
      doctors: found.slice(0, limit).map((row) => ({
        row,
        lists: SEARCHED_LISTS.filter(
          (list) => isInList(list, row.document, today) && maySee(list, row.document, scope),
        ),
      })),
      isComplete: found.length <= limit,
      totals: Object.fromEntries(pages.map(([list, { total }]) => [list, total])),
    }
  })
}
