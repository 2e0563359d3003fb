import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble } from '../../../src/domain/assemble.ts'
import { belongsTo, documentIn, INDEX_NAMES } from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
import { day } from '../../messages/arbitraries.ts'
import { aDoctor, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { generation, openStore, type StoreCapabilities, type StoreFactory } from './place.ts'
import { create, remove, rowContent, stored, traineeRow, written } from './rows.ts'

export function showing(factory: StoreFactory, capabilities: StoreCapabilities): void {
  describe('what the indexes show', () => {
    test('is what the rules of the domain say, on any day', async (t) => {
      const store = await openStore(t, factory)
      let round = 0
      await fc.assert(
        fc.asyncProperty(fc.array(rowContent, { maxLength: 12 }), day, async (contents, today) => {
          const id = `round-${(round += 1)}`
          await store.createGeneration(generation(id))
          // In another order than that of the ids.
          const rows: Row[] = contents.map((content, at) => ({ id: `tcs-${(at * 7) % 13}`, ...content }))
          await store.write(id, rows.map(create))
          await store.makeVisible(id)
          const counts = await store.count(id, today)
          const visible = rows.filter(({ hidden }) => !hidden).sort((a, b) => (a.id < b.id ? -1 : 1))
          for (const index of INDEX_NAMES) {
            const expected = visible
              .map(({ parts }) => assemble(parts))
              .filter((document) => belongsTo(index, document, today))
              .map((document) => documentIn(index, document))
            const documents = await Array.fromAsync(store.documents(id, index, today))
            assert.deepEqual(documents, expected)
            assert.deepEqual(documents.map(Object.keys), expected.map(Object.keys))
            assert.equal(counts.indexes[index], expected.length)
          }
          assert.equal(counts.withReason, visible.filter(({ parts }) => parts.reason !== null).length)
          await store.dropGeneration(id)
        }),
        { numRuns: 25 },
      )
    })

    test('rows with a trainee and rows without are told apart; hidden ones count nowhere', async (t) => {
      const store = await openStore(t, factory)
      await written(
        store,
        create(aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1 }) })),
        create(aRow('tcs-2', { trainee: aTrainee({ tcsPersonId: 2 }) })),
        create(aRow('gmc-1111111', { doctor: aDoctor({ gmcReferenceNumber: '1111111' }) })),
        create(aRow('gmc-2222222', {}, { hidden: true })),
      )
      await store.makeVisible('g1')
      const { withTrainee, withoutTrainee, indexes } = await store.count('g1', TODAY)
      assert.deepEqual([withTrainee, withoutTrainee, indexes.masterdoctorindex], [2, 1, 3])
    })

    test('a deleted row shows no more', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2)))
      await store.makeVisible('g1')
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      await store.makeVisible('g1')
      const documents = await Array.fromAsync(store.documents('g1', 'masterdoctorindex', TODAY))
      assert.deepEqual(
        documents.map(({ tcsPersonId }) => tcsPersonId),
        [2],
      )
      assert.equal((await store.count('g1', TODAY)).withTrainee, 1)
    })

    if (!capabilities.showsAtOnce) return
    test('counts show what was written before it can be found by number', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      assert.equal((await store.count('g1', TODAY)).withTrainee, 1)
    })
  })
}
