import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { listOf } from '../../../src/domain/list-matching.ts'
import { LISTS, SORT_COLUMNS, type ListName, type ListOrder, type ListQuery } from '../../../src/domain/list-query.ts'
import { sortKeyOf } from '../../../src/domain/search-keys.ts'
import { TODAY } from '../../domain/examples.ts'
import { listQuery } from './asking.ts'
import { manyRows } from './many-rows.ts'
import { filledWith, type Filled, type ListFactory, type ListPlace } from './place.ts'

/** As many rows as lists are paged through; `npm run test:lists` sets 25,000. */
const LIST_ROWS = Number(process.env.LIST_ROWS ?? 1_500)

/** The rows that one search reaches, for a backend that pages in more than one way: then it needs each of them. */
export const LOWERED_WINDOW = LIST_ROWS / 25

/** The largest page; and that of the clients, which is read where pages could go wrong. */
const LARGEST = 1_000
const SMALL = 20

const DIRECTIONS = ['asc', 'desc'] as const

/** Every column for the list of all rows; for the others some, unless all is to be shown. */
function columnsOf(list: ListName): readonly ListOrder['column'][] {
  if (list === 'all' || process.env.LIST_ROWS !== undefined) return [...SORT_COLUMNS, null]
  return ['programmeName', null]
}

/** Pages far into lists, and into their rows without a value, are those that the domain says. */
export function pagingDeep(factory: ListFactory): void {
  describe(`pages of the lists of ${LIST_ROWS} rows are the whole list, each row once`, () => {
    let place: ListPlace | null = null
    let filled: Filled | null = null
    before(async () => {
      place = await factory()
      filled = await filledWith(place, 'g1', manyRows(LIST_ROWS))
    })
    after(() => place?.dispose())

    for (const list of LISTS) {
      for (const column of columnsOf(list)) {
        test(`${list} by ${column ?? 'the ties alone'}, both ways`, async () => {
          assert.ok(filled, 'the rows could not be written')
          for (const direction of DIRECTIONS)
            await assertPages(filled, listQuery({ list, order: { column, direction } }))
        })
      }
    }

    test('a whole list is the same', async () => {
      assert.ok(filled, 'the rows could not be written')
      const { id, reader, rows } = filled
      for (const direction of DIRECTIONS) {
        const query = listQuery({ list: 'doctors', order: { column: 'submissionDate', direction } })
        const all = (await Array.fromAsync(reader.all(id, query, TODAY))).flat()
        assert.deepEqual(all.map((row) => row.id).join(), idsOf(listOf(rows, query, TODAY)))
      }
    })
  })
}

const idsOf = (rows: readonly { readonly id: string }[]): string => rows.map(({ id }) => id).join()

async function assertPages({ id, reader, rows }: Filled, query: ListQuery): Promise<void> {
  const expected = listOf(rows, query, TODAY)
  assert.ok(expected.length > LIST_ROWS / 10)
  const idsAt = async (offset: number, size: number): Promise<string> => {
    const page = await reader.page(id, query, TODAY, { offset, size })
    assert.equal(page.total, expected.length)
    return idsOf(page.rows)
  }
  for (let offset = 0; offset <= expected.length; offset += LARGEST) {
    assert.equal(await idsAt(offset, LARGEST), idsOf(expected.slice(offset, offset + LARGEST)), `at ${offset}`)
  }
  for (const offset of placesIn(expected, query.order)) {
    assert.equal(await idsAt(offset, SMALL), idsOf(expected.slice(offset, offset + SMALL)), `${SMALL} at ${offset}`)
  }
}

/** Where a search stops to suffice, the nearer end changes, values end, and the list does. */
function placesIn(
  expected: Awaited<ReturnType<typeof listOf<Filled['rows'][number]>>>,
  { column }: ListOrder,
): readonly number[] {
  const { length } = expected
  const withoutValue = column === null ? -1 : expected.findIndex((row) => sortKeyOf(row.document, column) === null)
  const places = [
    LOWERED_WINDOW - SMALL,
    LOWERED_WINDOW - 7,
    length / 2 - 7,
    withoutValue - 7,
    length - LOWERED_WINDOW - 7,
    length - 7,
  ]
  return places.map(Math.floor).filter((place) => place >= 0)
}
