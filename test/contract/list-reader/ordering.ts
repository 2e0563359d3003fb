import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SORT_COLUMNS, type ListOrder } from '../../../src/domain/list-query.ts'
import { TODAY } from '../../domain/examples.ts'
import { assertList, assertPage, listQuery } from './asking.ts'
import type { Filled } from './place.ts'

const DIRECTIONS = ['asc', 'desc'] as const

export function ordering(filled: () => Filled): void {
  describe('order and pages', () => {
    for (const column of [...SORT_COLUMNS, null]) {
      test(`by ${column ?? 'the ties alone'}, both ways`, async () => {
        for (const direction of DIRECTIONS) {
          const query = listQuery({ order: { column, direction } })
          await assertList(filled(), query)
          await assertPage(filled(), query)
        }
      })
    }

    test('pages hold each row once, into those without a value', async () => {
      for (const direction of DIRECTIONS) {
        const order: ListOrder = { column: 'submissionDate', direction }
        const { rows } = filled()
        const pages = Math.ceil(rows.length / 20)
        const seen: string[] = []
        for (let at = 0; at < pages; at += 1) {
          const page = await assertPage(filled(), listQuery({ order }), { offset: at * 20, size: 20 })
          seen.push(...page.map(({ id }) => id))
        }
        assert.deepEqual(new Set(seen).size, rows.length)
      }
    })

    test('the last page is short; beyond it there is none, and the total is the same', async () => {
      const { id, reader, rows } = filled()
      const query = listQuery({ order: { column: 'gmcReferenceNumber', direction: 'desc' } })
      for (const offset of [rows.length - 1, rows.length, rows.length + 1, 9_999_980]) {
        await assertPage(filled(), query, { offset, size: 20 })
      }
      const { total } = await reader.page(id, query, TODAY, { offset: 0, size: 1 })
      assert.equal(total, rows.length)
      await assertPage(filled(), query, { offset: 7, size: 1_000 })
    })

    test('the whole list may be left early', async () => {
      const { id, reader } = filled()
      for await (const batch of reader.all(id, listQuery(), TODAY)) {
        assert.ok(batch.length > 0)
        break
      }
      await reader.ping()
    })
  })
}
