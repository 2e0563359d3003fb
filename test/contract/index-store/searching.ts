import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aDoctor, aRow } from '../../domain/examples.ts'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { create, found, ONE, remove, replace, statuses, stored, traineeRow, TWO, written } from './rows.ts'

// Between a write and `makeVisible` a store may return either version, within the limits in `like-a-model`.

export function searching(factory: StoreFactory): void {
  describe('finding by number', () => {
    test('a row is found by number once visible, and by id at once', async (t) => {
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
      // While the row is unchanged, the token of a search is as good as that of `get`.
      const [first] = await found(store, ONE)
      await written(store, replace(traineeRow(1, TWO), first?.token ?? ''))
    })

    test('rows found before the first makeVisible are as written', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2, TWO)))
      for (const { row, token } of await found(store, ONE)) {
        assert.deepEqual(row, traineeRow(1))
        assert.equal(token, (await stored(store, 'tcs-1')).token)
      }
    })

    test('a doctor without a trainee is found by the number in its id; other text finds nothing', async (t) => {
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

    test('a token belongs to the version it came with, which may be outdated', async (t) => {
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

    test('a row with a new number is found by that number once visible', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      const isFoundByTwo = async () => {
        await store.makeVisible('g1')
        assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [0, 1])
      }
      await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
      await isFoundByTwo()
      // Changed and changed back in between.
      await written(store, replace(traineeRow(1, ONE), (await stored(store, 'tcs-1')).token))
      await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
      await isFoundByTwo()
      // Deleted and created again.
      await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
      await written(store, create(traineeRow(1, ONE)))
      await store.makeVisible('g1')
      assert.deepEqual([(await found(store, ONE)).length, (await found(store, TWO)).length], [1, 0])
    })

    test('a deleted row is not found once that is visible; until then its token is outdated', async (t) => {
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

    test('rows not visible when a process ended become visible for the next', async (t) => {
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
