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
  describe('the content of the indexes', () => {
    test('follows the domain rules, on any day, in id order', async (t) => {
      const { store } = await openPlace(t, factory)
      let round = 0
      await fc.assert(
        fc.asyncProperty(rows, nearDay, async (some, today) => {
          const id = `round-${(round += 1)}`
          await store.createGeneration(generation(id))
          await store.write(id, some.map(create))
          await store.makeVisible(id)
          const { indexes } = await store.count(id, today)
          const inOrder = some.toSorted((a, b) => compareByCodePoint(a.id, b.id))
          for (const index of INDEX_NAMES) {
            const expected = inOrder
              .map(({ parts }) => assemble(parts))
              .filter((document) => belongsTo(index, document, today))
              .map((document) => documentIn(index, document))
            const documents = await Array.fromAsync(store.documents(id, index, today))
            assert.deepEqual(documents, expected)
            assert.deepEqual(documents.map(Object.keys), expected.map(Object.keys))
            assert.equal(indexes[index], expected.length)
          }
          await store.dropGeneration(id)
        }),
        { numRuns: 25 },
      )
    })

    test('depends on the day: an ended membership is an exception from the next day', async (t) => {
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

    test('has visitors in any letter case among the exceptions, and nothing similar', async (t) => {
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

    test('follows rows that change, change back and are deleted', async (t) => {
      const store = await openStore(t, factory)
      const doctor = aDoctor()
      const connected = aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1 }), doctor })
      const disconnected = { ...connected, parts: { ...connected.parts, doctor: null } }
      await written(store, create(connected), create(traineeRow(2)))
      const looksLike = async (isConnected: number[], isDisconnected: number[]) => {
        await store.makeVisible('g1')
        assert.deepEqual(await people(store, 'g1', 'connectedindex'), isConnected)
        assert.deepEqual(await people(store, 'g1', 'disconnectedindex'), isDisconnected)
        assert.equal((await store.count('g1', TODAY)).withTrainee, isConnected.length + isDisconnected.length)
      }
      await looksLike([1], [2])
      const tokenOfFirst = async () => (await stored(store, 'tcs-1')).token
      await written(store, replace(disconnected, await tokenOfFirst()))
      await looksLike([], [1, 2])
      await written(store, replace(connected, await tokenOfFirst()))
      await looksLike([1], [2])
      await written(store, remove('tcs-1', await tokenOfFirst()))
      await looksLike([], [2])
    })

    if (!countsAtOnce) return
    test('counts rows before they can be found by number', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      assert.equal((await store.count('g1', TODAY)).withTrainee, 1)
    })
  })
}
