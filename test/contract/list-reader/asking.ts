import assert from 'node:assert/strict'
import { isInList, maySee } from '../../../src/domain/may-see.ts'
import { listOf, searchOf } from '../../../src/domain/list-matching.ts'
import { NO_FILTERS, type ListFilters, type ListQuery } from '../../../src/domain/list-query.ts'
import type { ListCounts, ListedRow, PagePlace } from '../../../src/ports/list-reader.ts'
import { TODAY } from '../../domain/examples.ts'
import type { Filled, ListedSource } from './place.ts'

/** What a test asks for. All else is as wide as it can be. */
export interface Asked extends Partial<Omit<ListQuery, 'filters' | 'search'>> {
  /** As somebody types it. */
  readonly search?: string
  readonly filters?: Partial<ListFilters>
}

export function listQuery({ search = '', filters = {}, ...asked }: Asked = {}): ListQuery {
  return {
    list: 'all',
    order: { column: null, direction: 'asc' },
    bodies: null,
    tisBodies: null,
    unconnected: 'everybody',
    ...asked,
    search: searchOf(search),
    filters: { ...NO_FILTERS, ...filters },
  }
}

/** A row as a list shows it. */
export function shown({ id, document, parts: { doctor } }: ListedSource): ListedRow {
  return { id, document, dateAdded: doctor?.dateAdded ?? null, sanction: doctor?.sanction ?? null }
}

export function countsOf(rows: readonly ListedSource[], query: ListQuery, today = TODAY): ListCounts {
  const seen = rows.filter(
    ({ document }) => isInList(query.list, document, today) && maySee(query.list, document, query),
  )
  return { total: seen.length, underNotice: seen.filter(({ document }) => document.underNotice === 'YES').length }
}

/** A page is what the domain says, with all that its rows show. Returns it. */
export async function assertPage(
  { id, reader, rows }: Filled,
  query: ListQuery,
  place: PagePlace = { offset: 0, size: 20 },
  today = TODAY,
): Promise<readonly ListedRow[]> {
  const expected = listOf(rows, query, today)
  const page = await reader.page(id, query, today, place)
  assert.deepEqual(page, {
    rows: expected.slice(place.offset, place.offset + place.size).map(shown),
    total: expected.length,
  })
  return page.rows
}

/** The whole list is what the domain says, in its order. */
export async function assertList({ id, reader, rows }: Filled, query: ListQuery, today = TODAY): Promise<void> {
  const all = (await Array.fromAsync(reader.all(id, query, today))).flat()
  assert.deepEqual(
    all.map((row) => row.id),
    listOf(rows, query, today).map((row) => row.id),
  )
}

/** The full names of the rows that are found, by code point. The definition agrees with the test about them. */
export async function namesFound(filled: Filled, asked: Asked): Promise<readonly string[]> {
  const found = await assertPage(filled, listQuery(asked), { offset: 0, size: 1_000 })
  return found.map(({ document: { doctorFirstName, doctorLastName } }) => `${doctorFirstName} ${doctorLastName}`).sort()
}
