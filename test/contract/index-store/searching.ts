import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aDoctor, aRow } from '../../domain/examples.ts'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { create, found, ONE, remove, replace, statuses, stored, traineeRow, TWO, written } from './rows.ts'

// Between a write and `makeVisible` a store may give the one or the other: `like-a-model` says within which limits.

export function searching(factory: StoreFactory): void {
  describe('finding by number', () => {
    test('a row is found by its number once it was made visible, and read by id at once', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2)), create(traineeRow(3, TWO)))
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1))
      await store.makeVisible('g1')
      assert.deepEqual(
        (await found(store, ONE)).map(({ row }) => row),
        [traineeRow(1), traineeRow(2)],
      )
      assert.equal((await found(store, ONE, TWO)).length, 3)
      assert.deepEqual(await found(store), [])
      // The token of a search is as good as that of `get` while the row is unchanged.
      const [first] = await found(store, ONE)
      await written(store, replace(traineeRow(1, TWO), first?.token ?? ''))
    })

    test('what is found before anything was made visible is as it was written', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2, TWO)))
      for (const { row, token } of await found(store, ONE)) {
        assert.deepEqual(row, traineeRow(1))
        assert.equal(token, (await stored(store, 'tcs-1')).token)
      }
    })

    test('a doctor’s own row is found by the number in its id; text that is no number finds nothing', async (t) => {
      const store = await openStore(t, factory)
      const own = aRow(`gmc- ${ONE}`, { doctor: aDoctor({ gmcReferenceNumber: ` ${ONE}` }) })
      const unknown = aRow('gmc-UNKNOWN', { doctor: aDoctor({ gmcReferenceNumber: 'UNKNOWN' }) })
      await written(store, create(own), create(unknown), create(traineeRow(1, 'UNKNOWN')))
      await store.makeVisible('g1')
      assert.deepEqual(
        (await found(store, ONE, TWO)).map(({ row }) => row),
        [own],
      )
    })

    test('a token is of the version that it came with, which may be an earlier one', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      await written(store, replace(traineeRow(1, ONE, 'B'), (await stored(store, 'tcs-1')).token))
      const [given] = await found(store, ONE)
      const isCurrent = given?.row.parts.trainee?.doctorFirstName === 'B'
      assert.deepEqual(await statuses(store, replace(traineeRow(1, ONE, 'C'), given?.token ?? '')), [
        isCurrent ? 'written' : 'conflict',
      ])
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1, ONE, isCurrent ? 'C' : 'B'))
      await store.makeVisible('g1')
      const [current] = await found(store, ONE)
      await written(store, replace(traineeRow(1, ONE, 'D'), current?.token ?? ''))
    })

    test('a row that moves to another number is found by that one once it is made visible', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      const isFoundByTwo = async () => {
        await store.makeVisible('g1')
        assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [0, 1])
      }
      await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
      await isFoundByTwo()
      // Away and back between two looks.
      await written(store, replace(traineeRow(1, ONE), (await stored(store, 'tcs-1')).token))
      await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
      await isFoundByTwo()
      // Deleted and created again.
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      await written(store, create(traineeRow(1, ONE)))
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [1, 0])
    })

    test('a deleted row is found no more once that is made visible; until then its token is spent', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      for (const { row, token } of await found(store, ONE)) {
        assert.deepEqual(await statuses(store, replace(row, token)), ['conflict'])
      }
      await store.makeVisible('g1')
      assert.deepEqual(await found(store, ONE), [])
    })

    test('what was not yet visible when a process ended becomes so for the next one', async (t) => {
      const place = await openPlace(t, factory)
      await place.store.createGeneration(generation('g1'))
      await written(place.store, create(traineeRow(1)))
      await place.store.makeVisible('g1')
      await written(place.store, create(traineeRow(2)), create(traineeRow(3)))
      await written(place.store, replace(traineeRow(1, TWO), (await stored(place.store, 'tcs-1')).token))
      const store = await place.reopen()
      await store.makeVisible('g1')
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [2, 1])
    })
  })
}
