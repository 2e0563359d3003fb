import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble } from '../../../src/domain/assemble.ts'
import { belongsTo, documentIn, INDEX_NAMES } from '../../../src/domain/lists.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'
import { aDoctor, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { nearDay, NO_VISITORS, rows, VISITORS } from './arbitraries.ts'
import { generation, openPlace, openStore, type StoreCapabilities, type StoreFactory } from './place.ts'
import { create, people, remove, replace, stored, traineeRow, written } from './rows.ts'

export function showing(factory: StoreFactory, { countsAtOnce }: StoreCapabilities): void {
  describe('what the indexes show', () => {
    test('is what the rules of the domain say, on any day, in the order of the ids', async (t) => {
      const { store } = await openPlace(t, factory)
      let round = 0
      await fc.assert(
        fc.asyncProperty(rows, nearDay, async (some, today) => {
          const id = `round-${(round += 1)}`
          await store.createGeneration(generation(id))
          await store.write(id, some.map(create))
          await store.makeVisible(id)
          const { indexes, withReason, withTrainee, withoutTrainee } = await store.count(id, today)
          const visible = some.filter(({ hidden }) => !hidden).sort((a, b) => compareByCodePoint(a.id, b.id))
          for (const index of INDEX_NAMES) {
            const expected = visible
              .map(({ parts }) => assemble(parts))
              .filter((document) => belongsTo(index, document, today))
              .map((document) => documentIn(index, document))
            const documents = await Array.fromAsync(store.documents(id, index, today))
            assert.deepEqual(documents, expected)
            assert.deepEqual(documents.map(Object.keys), expected.map(Object.keys))
            assert.equal(indexes[index], expected.length)
          }
          const trainees = visible.filter(({ parts }) => parts.trainee !== null).length
          assert.deepEqual([withTrainee, withoutTrainee], [trainees, visible.length - trainees])
          assert.equal(withReason, visible.filter(({ parts }) => parts.reason !== null).length)
          await store.dropGeneration(id)
        }),
        { numRuns: 25 },
      )
    })

    test('moves with the day that is asked for: a membership that has ended is an exception from the day after', async (t) => {
      const store = await openStore(t, factory)
      const parts = { trainee: aTrainee({ programmeMembershipEndDate: '2026-06-01' }), doctor: aDoctor() }
      await written(store, create(aRow('tcs-1005', parts)))
      await store.makeVisible('g1')
      const exceptionsOn = async (day: string) => [
        (await Array.fromAsync(store.documents('g1', 'exceptionindex', day))).length,
        (await store.count('g1', day)).indexes.exceptionindex,
      ]
      assert.deepEqual(await exceptionsOn('2026-06-01'), [0, 0])
      assert.deepEqual(await exceptionsOn('2026-06-02'), [1, 1])
    })

    test('has visitors in any case among the exceptions, and nobody who only looks like one', async (t) => {
      const store = await openStore(t, factory)
      const types = [...VISITORS, ...NO_VISITORS]
      const row = (programmeMembershipType: string, at: number) =>
        aRow(`tcs-${at}`, { trainee: aTrainee({ tcsPersonId: at, programmeMembershipType }) })
      await written(store, ...types.map(row).map(create))
      await store.makeVisible('g1')
      const exceptions = await Array.fromAsync(store.documents('g1', 'exceptionindex', TODAY))
      assert.deepEqual(
        exceptions.map(({ membershipType }) => membershipType),
        VISITORS,
      )
    })

    test('is what rows have become: shown, hidden, shown again, deleted', async (t) => {
      const store = await openStore(t, factory)
      const shown = [traineeRow(1), traineeRow(2)] as const
      await written(store, ...shown.map(create))
      await store.makeVisible('g1')
      const looksLike = async (...expected: number[]) => {
        await store.makeVisible('g1')
        assert.deepEqual(await people(store, 'g1'), expected)
        assert.equal((await store.count('g1', TODAY)).withTrainee, expected.length)
      }
      const tokenOfFirst = async () => (await stored(store, 'tcs-1')).token
      await written(store, replace({ ...shown[0], hidden: true }, await tokenOfFirst()))
      await looksLike(2)
      await written(store, replace(shown[0], await tokenOfFirst()))
      await looksLike(1, 2)
      await written(store, remove('tcs-1', await tokenOfFirst()))
      await looksLike(2)
    })

    if (!countsAtOnce) return
    test('counts what was written before it can be found by number', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      assert.equal((await store.count('g1', TODAY)).withTrainee, 1)
    })
  })
}
