import { findDoctors, SEARCHED_LISTS, type SearchedList } from '../../../app/lists/find-doctors.ts'
import { typed } from '../../../app/lists/parameter.ts'
import type { FromLive, LiveLists } from '../../../app/lists/live-lists.ts'
import type { AssembledDocument } from '../../../domain/assemble.ts'
import { searchOf } from '../../../domain/list-matching.ts'
import { isInList } from '../../../domain/may-see.ts'
import { traineeRowId, type RowId } from '../../../domain/row.ts'
import type { IndexStore } from '../../../ports/index-store.ts'

/** How many doctors a search shows. */
export const MOST_FOUND = 20

const ALL = { bodies: null, tisBodies: null }

export interface FoundRow {
  readonly id: RowId
  readonly document: AssembledDocument
  readonly lists: readonly SearchedList[]
}

export interface SearchResult {
  /** Those with this person id or row id first. */
  readonly rows: readonly FoundRow[]
  /** Whether there are no others. */
  readonly isComplete: boolean
}

/**
 * Looks for a name, the start of a GMC number, a person id or a row id among all rows of live. Rejects NOTHING_LIVE, and what the ledger
 * and the stores reject.
 */
export async function searchDoctors(live: LiveLists, store: Pick<IndexStore, 'get'>, q: string): Promise<SearchResult> {
  const text = typed(q) ?? ''
  const search = searchOf(text)
  if (search === null) return { rows: [], isComplete: true }
  const [named, found] = await Promise.all([
    rowsNamed(live, store, idsIn(text)),
    findDoctors(live, { search, lists: SEARCHED_LISTS, limit: MOST_FOUND }, ALL),
  ])
  const rows = new Map([
    ...named.answer.map((row) => [row.id, row] as const),
    ...found.answer.doctors.map(({ row, lists }) => [row.id, { ...row, lists }] as const),
  ])
  return {
    rows: [...rows.values()].slice(0, MOST_FOUND),
    isComplete: found.answer.isComplete && rows.size <= MOST_FOUND,
  }
}

/** The row ids that a text may name. */
function idsIn(text: string): readonly RowId[] {
  if (/^(tcs|gmc)-./s.test(text)) return [text]
  const personId = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(personId) ? [traineeRowId(personId)] : []
}

function rowsNamed(
  live: LiveLists,
  store: Pick<IndexStore, 'get'>,
  ids: readonly RowId[],
): Promise<FromLive<readonly FoundRow[]>> {
  return live.read(ALL, async ({ generation, today }) => {
    const stored = ids.length === 0 ? [] : await store.get(generation, ids)
    return stored.map(({ row: { id }, document }) => ({
      id,
      document,
      lists: SEARCHED_LISTS.filter((list) => isInList(list, document, today)),
    }))
  })
}
