import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { suggestionsOf } from '../../../src/domain/list-matching.ts'
import { nearDay } from '../index-store/arbitraries.ts'
import { listedRows, listQueries, suggestQueries } from './arbitraries.ts'
import { assertList, assertPage, countsOf } from './asking.ts'
import { filledWith, openLists, type ListFactory } from './place.ts'

/** Filling a generation takes a search engine longer than asking. */
const GENERATIONS = 16
const QUERIES = 32

/** For any rows and any query, a list is what the domain says. */
export function likeTheDomain(factory: ListFactory): void {
  test('lists are as the domain defines them', async (t) => {
    const place = await openLists(t, factory)
    let generations = 0
    const queries = fc.array(fc.tuple(listQueries, suggestQueries, nearDay), { minLength: QUERIES, maxLength: QUERIES })
    await fc.assert(
      fc.asyncProperty(listedRows, queries, async (rows, asked) => {
        const filled = await filledWith(place, `g${(generations += 1)}`, rows)
        const { id, reader, rows: sources } = filled
        for (const [query, suggested, today] of asked) {
          await assertPage(filled, query, { offset: 0, size: 5 }, today)
          await assertPage(filled, query, { offset: 3, size: 4 }, today)
          assert.deepEqual(await reader.counts(id, query, today), countsOf(sources, query, today))
          assert.deepEqual(await reader.suggest(id, suggested, today), suggestionsOf(sources, suggested, today))
        }
        for (const [query, , today] of asked.slice(0, 3)) await assertList(filled, query, today)
        await place.store.dropGeneration(id)
      }),
      { numRuns: GENERATIONS, endOnFailure: true },
    )
  })
}
