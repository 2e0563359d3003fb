import type { Day } from '../../../domain/day.ts'
import type { ListQuery } from '../../../domain/list-query.ts'
import type { ListPage, PagePlace } from '../../../ports/list-reader.ts'
import { listedRow, type FoundRow } from './listed-row.ts'
import { rowQuery } from './row-query.ts'
import { sortingOf } from './row-order.ts'
import type { Searches } from './searches.ts'

/** Hits of a hop: a search that only finds where the next one starts. */
const HOP = 10_000

interface Hit extends FoundRow {
  readonly sort: readonly unknown[]
}

interface Found {
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] }
}

/** A place in a list, counted from either end. */
interface Stretch extends PagePlace {
  readonly isBackwards: boolean
}

/**
 * A page of a list. Within the window it is one search. Beyond it, the page is read from the nearer end of the list, and if that is
 * too far as well, in hops with `search_after`. Unlike a scroll or a point in time, this leaves nothing open in the engine.
 */
export async function pageOf(
  searches: Searches,
  query: ListQuery,
  today: Day,
  { offset, size }: PagePlace,
): Promise<ListPage> {
  const { window } = searches
  const rows = rowQuery(query, today)
  if (offset + size <= window) {
    const sort = sortingOf(query.order)
    const { hits } = await searches.search<Found>({ query: rows, sort, from: offset, size, track_total_hits: true })
    return { rows: hits.hits.map(listedRow), total: hits.total?.value ?? 0 }
  }
  const counted = await searches.search<Found>({ query: rows, size: 0, track_total_hits: true })
  const total = counted.hits.total?.value ?? 0
  const left = Math.min(size, total - offset)
  if (left <= 0) return { rows: [], total }
  const fromEnd = total - offset - left
  const stretch: Stretch = { offset: Math.min(offset, fromEnd), size: left, isBackwards: fromEnd < offset }
  const found = (await stretchOf(searches, query, rows, stretch)).map(listedRow)
  return { rows: stretch.isBackwards ? found.toReversed() : found, total }
}

/** Rows from a place on, in the order in which they are counted. */
async function stretchOf(
  searches: Searches,
  { order }: ListQuery,
  query: object,
  { offset, size, isBackwards }: Stretch,
): Promise<readonly Hit[]> {
  const { window } = searches
  const sort = sortingOf(order, isBackwards)
  if (offset + size <= window) return hitsOf(searches, { query, sort, from: offset, size })
  if (offset === 0) return hitsOf(searches, { query, sort, size })
  let position = Math.min(offset, window)
  let last = await lastOf(searches, { query, sort, from: position - 1, size: 1 })
  while (last !== undefined && position < offset) {
    const hop = Math.min(HOP, window, offset - position)
    last = await lastOf(searches, { query, sort, search_after: last.sort, size: hop })
    position += hop
  }
  // Fewer rows than were counted: some were deleted meanwhile.
  if (last === undefined) return []
  return hitsOf(searches, { query, sort, search_after: last.sort, size })
}

async function lastOf(searches: Searches, body: object): Promise<Hit | undefined> {
  return (await hitsOf(searches, { ...body, _source: false })).at(-1)
}

async function hitsOf(searches: Searches, body: object): Promise<readonly Hit[]> {
  return (await searches.search<Found>({ ...body, track_total_hits: false })).hits.hits
}
