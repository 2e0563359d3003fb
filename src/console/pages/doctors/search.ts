import { SEARCHED_LISTS, type SearchedList } from '../../../app/lists/find-doctors.ts'
import { typed } from '../../../app/lists/parameter.ts'
import type { LiveLists } from '../../../app/lists/live-lists.ts'
import type { AssembledDocument } from '../../../domain/assemble.ts'
import { compareRows, searchOf } from '../../../domain/list-matching.ts'
import { NO_FILTERS, type ListName, type ListOrder, type ListSearch } from '../../../domain/list-query.ts'
import { isInList } from '../../../domain/may-see.ts'
import { traineeRowId, type RowId } from '../../../domain/row.ts'
import type { IndexStore } from '../../../ports/index-store.ts'

/** How many doctors a search shows. */
export const MOST_FOUND = 20

/** One more tells whether there are others. */
const PLACE = { offset: 0, size: MOST_FOUND + 1 }
const BY_NAME: ListOrder = { column: null, direction: 'asc' }
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
  const { answer } = await live.read(ALL, async ({ reader, generation, today, scope }) => {
    const shared = { search, filters: NO_FILTERS, order: BY_NAME, ...scope }
    const [named, ...pages] = await Promise.all([
      rowsNamed(store, generation, idsIn(text)),
      ...listsFor(search).map((list) => reader.page(generation, { list, ...shared }, today, PLACE)),
    ])
    const found = pages.flatMap((page) => page.rows).toSorted((a, b) => compareRows(a, b, BY_NAME))
    const rows = new Map([...named, ...found].map((row) => [row.id, row]))
    return {
      rows: [...rows.values()].slice(0, MOST_FOUND).map(({ id, document }) => ({
        id,
        document,
        lists: SEARCHED_LISTS.filter((list) => isInList(list, document, today)),
      })),
      isComplete: rows.size <= MOST_FOUND,
    }
  })
  return answer
}

/**
 * The lists whose searches find what people type: `all` looks for one text in the number and in each name, the others for each word in any
 * of the names.
 */
function listsFor({ words }: ListSearch): readonly ListName[] {
  return words.length > 1 ? ['all', 'doctors', 'discrepancies'] : ['all']
}

/** The row ids that a text may name. */
function idsIn(text: string): readonly RowId[] {
  if (/^(tcs|gmc)-./s.test(text)) return [text]
  const personId = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(personId) ? [traineeRowId(personId)] : []
}

async function rowsNamed(store: Pick<IndexStore, 'get'>, generation: string, ids: readonly RowId[]) {
  if (ids.length === 0) return []
  return (await store.get(generation, ids)).map(({ row: { id }, document }) => ({ id, document }))
}
