import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TODAY } from '../../domain/examples.ts'
import { listOf } from '../../../src/domain/list-matching.ts'
import { listQuery } from './asking.ts'
import { personRow } from './fixture.ts'
import { filledWith, openLists, type ListFactory } from './place.ts'

const ROWS = 2_500
const PAGE = 100

/** Pages far into a list, and into its rows without a value. */
export function pagingDeep(factory: ListFactory): void {
  test('concatenated pages are the whole list, in both directions', async (t) => {
    const place = await openLists(t, factory)
    const rows = Array.from({ length: ROWS }, (_, at) =>
      personRow(at + 1, {
        first: `F${at % 7}`,
        last: `L${(at * 37) % 11}`,
        // Two in three have none.
        doctor: { submissionDate: at % 3 === 0 ? `2027-01-${String(1 + (at % 28)).padStart(2, '0')}` : null },
      }),
    )
    const filled = await filledWith(place, 'g1', rows)
    for (const direction of ['asc', 'desc'] as const) {
      const query = listQuery({ list: 'doctors', order: { column: 'submissionDate', direction } })
      const expected = listOf(filled.rows, query, TODAY).map(({ id }) => id)
      const found: string[] = []
      for (let offset = 0; offset < ROWS; offset += PAGE) {
        const page = await filled.reader.page('g1', query, TODAY, { offset, size: PAGE })
        assert.equal(page.total, ROWS)
        found.push(...page.rows.map(({ id }) => id))
      }
      assert.deepEqual(found, expected)
      // Pages that nobody came to step by step.
      for (const offset of [1_234, 2_499, 700, 1_260]) {
        const page = await filled.reader.page('g1', query, TODAY, { offset, size: 20 })
        const ids = page.rows.map(({ id }) => id)
        assert.deepEqual(ids, expected.slice(offset, offset + 20))
      }
      const all = (await Array.fromAsync(filled.reader.all('g1', query, TODAY))).flat()
      assert.deepEqual(
        all.map(({ id }) => id),
        expected,
      )
    }
  })
}
