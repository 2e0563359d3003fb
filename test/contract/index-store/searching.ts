import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aDoctor, aRow } from '../../domain/examples.ts'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { create, found, ONE, remove, replace, statuses, stored, traineeRow, TWO, written } from './rows.ts'

export function searching(factory: StoreFactory): void {
  describe('finding by number', () => {
    test('a row is found by its number once it was made visible, and read by id at once', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2)), create(traineeRow(3, TWO)))
      assert.deepEqual(await found(store, ONE, TWO), [])
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1))
      await store.makeVisible('g1')
      assert.deepEqual(
        (await found(store, ONE)).map(({ row }) => row),
        [traineeRow(1), traineeRow(2)],
      )
      assert.deepEqual(await found(store), [])
      // The token of a search is as good as that of `get` while the row is unchanged.
      const [first] = await found(store, ONE)
      await written(store, replace(traineeRow(1, TWO), first?.token ?? ''))
    })

    test('a doctor’s own row is found by the number in its id, hidden or not; text that is no number finds nothing', async (t) => {
      const store = await openStore(t, factory)
      const own = aRow(`gmc- ${ONE}`, { doctor: aDoctor({ gmcReferenceNumber: ` ${ONE}` }) })
      const tombstone = aRow(`gmc-${TWO}`, {}, { hidden: true })
      const unknown = aRow('gmc-UNKNOWN', { doctor: aDoctor({ gmcReferenceNumber: 'UNKNOWN' }) })
      await written(store, create(own), create(tombstone), create(unknown), create(traineeRow(1, 'UNKNOWN')))
      await store.makeVisible('g1')
      assert.deepEqual(
        (await found(store, ONE, TWO)).map(({ row }) => row),
        [own, tombstone],
      )
    })

    test('a row that was written again is found with a token that is spent', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      await written(store, replace(traineeRow(1, ONE, 'B'), (await stored(store, 'tcs-1')).token))
      const [outdated] = await found(store, ONE)
      assert.equal(outdated?.row.id, 'tcs-1')
      assert.deepEqual(await statuses(store, replace(traineeRow(1, ONE, 'C'), outdated.token)), ['conflict'])
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1, ONE, 'B'))
      await store.makeVisible('g1')
      const [current] = await found(store, ONE)
      await written(store, replace(traineeRow(1, ONE, 'C'), current?.token ?? ''))
    })

    test('a row that moves to another number is found by the former one until it is made visible', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [1, 0])
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [0, 1])
      // Away and back between two looks.
      await written(store, replace(traineeRow(1, ONE), (await stored(store, 'tcs-1')).token))
      await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [0, 1])
    })

    test('a deleted row is found until that is made visible, and its token is spent', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      const [outdated] = await found(store, ONE)
      assert.equal(outdated?.row.id, 'tcs-1')
      assert.deepEqual(await statuses(store, replace(traineeRow(1), outdated.token)), ['conflict'])
      await store.makeVisible('g1')
      assert.deepEqual(await found(store, ONE), [])
    })

    test('deleted and created again with another number: found by the former, then by the new one', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      await written(store, create(traineeRow(1, TWO)))
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [1, 0])
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [0, 1])
    })

    test('what lags, lags for the next process as well', async (t) => {
      const place = await openPlace(t, factory)
      await place.store.createGeneration(generation('g1'))
      await written(place.store, create(traineeRow(1)))
      await place.store.makeVisible('g1')
      await written(place.store, create(traineeRow(2)), create(traineeRow(3)))
      await written(place.store, replace(traineeRow(1, TWO), (await stored(place.store, 'tcs-1')).token))
      const store = await place.reopen()
      assert.deepEqual((await found(store, ONE)).length, 1)
      await store.makeVisible('g1')
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [2, 1])
    })
  })
}
