import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { create, remove, replace, rowContent, statuses, stored, traineeRow, TWO, written } from './rows.ts'

export function writing(factory: StoreFactory): void {
  describe('writing', () => {
    test('a row comes back as it was written, whatever it holds', async (t) => {
      const store = await openStore(t, factory)
      let count = 0
      await fc.assert(
        fc.asyncProperty(fc.array(rowContent, { minLength: 1, maxLength: 20 }), async (contents) => {
          const rows = contents.map((content) => ({ id: `gmc- ${(count += 1)} `, ...content }))
          await written(store, ...rows.map(create))
          const back = await store.get(
            'g1',
            rows.map(({ id }) => id),
          )
          assert.deepEqual(new Map(back.map(({ row }) => [row.id, row])), new Map(rows.map((row) => [row.id, row])))
        }),
        { numRuns: 20 },
      )
    })

    test('outcomes come in the order of the writes, each for itself', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2)))
      const { token } = await stored(store, 'tcs-2')
      await written(store, replace(traineeRow(2, TWO), token))
      const outcomes = await statuses(
        store,
        create(traineeRow(3)),
        create(traineeRow(1, TWO)),
        replace(traineeRow(2, null), token),
        create(traineeRow(4)),
        remove('tcs-9', token),
      )
      assert.deepEqual(outcomes, ['written', 'exists', 'conflict', 'written', 'conflict'])
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1))
      assert.deepEqual((await stored(store, 'tcs-2')).row, traineeRow(2, TWO))
      assert.equal((await store.get('g1', ['tcs-3', 'tcs-4'])).length, 2)
    })

    test('a token is good for the version it came with, and for no other row', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)), create(traineeRow(2)))
      const first = await stored(store, 'tcs-1')
      assert.deepEqual(await statuses(store, replace(traineeRow(2, TWO), first.token)), ['conflict'])
      await written(store, replace(traineeRow(1, TWO), first.token))
      assert.deepEqual(await statuses(store, replace(traineeRow(1), first.token)), ['conflict'])
      assert.deepEqual(await statuses(store, remove('tcs-1', first.token)), ['conflict'])
      const second = await stored(store, 'tcs-1')
      await written(store, remove('tcs-1', second.token))
      assert.deepEqual(await store.get('g1', ['tcs-1']), [])
      assert.deepEqual(await statuses(store, replace(traineeRow(1), second.token)), ['conflict'])
    })

    test('what was deleted can be created again, and its former token stays spent', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      const { token } = await stored(store, 'tcs-1')
      await written(store, remove('tcs-1', token))
      await written(store, create(traineeRow(1, TWO)))
      assert.deepEqual(await statuses(store, create(traineeRow(1)), replace(traineeRow(1), token)), [
        'exists',
        'conflict',
      ])
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1, TWO))
    })

    test('rows of one generation are not those of another', async (t) => {
      const store = await openStore(t, factory)
      await store.createGeneration(generation('g2'))
      await written(store, create(traineeRow(1)))
      assert.deepEqual(await store.get('g2', ['tcs-1']), [])
      const { token } = await stored(store, 'tcs-1')
      assert.deepEqual(
        (await store.write('g2', [replace(traineeRow(1), token)])).map(({ status }) => status),
        ['conflict'],
      )
    })

    test('five thousand rows in one call, and asked for in one', async (t) => {
      const store = await openStore(t, factory)
      const rows = Array.from({ length: 5_000 }, (_, index) => traineeRow(index, String(1_000_000 + index)))
      await written(store, ...rows.map(create))
      await store.makeVisible('g1')
      assert.equal(
        (
          await store.get(
            'g1',
            rows.map(({ id }) => id),
          )
        ).length,
        5_000,
      )
      assert.equal((await store.get('g1', [])).length, 0)
      assert.deepEqual(await store.write('g1', []), [])
    })

    test('all that was written is there for the next process, visible or not', async (t) => {
      const place = await openPlace(t, factory)
      await place.store.createGeneration(generation('g1'))
      await written(place.store, create(traineeRow(1)))
      await place.store.makeVisible('g1')
      const { token } = await stored(place.store, 'tcs-1')
      await written(place.store, create(traineeRow(2)), replace(traineeRow(1, TWO), token))
      const store = await place.reopen()
      assert.deepEqual((await stored(store, 'tcs-1')).row, traineeRow(1, TWO))
      assert.deepEqual((await stored(store, 'tcs-2')).row, traineeRow(2))
      assert.deepEqual(await statuses(store, create(traineeRow(2))), ['exists'])
      assert.deepEqual(await statuses(store, replace(traineeRow(1), token)), ['conflict'])
    })

    test('a generation of other rules is not written', async (t) => {
      const { store } = await openPlace(t, factory)
      await store.createGeneration({ id: 'g1', createdAt: 1, assembleVersion: 999 })
      // The version is looked at when a process begins to write a generation.
      await assert.rejects(store.write('g1', [create(traineeRow(1))]), { code: 'GENERATION_VERSION' })
    })
  })
}
