import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble } from '../../../src/domain/assemble.ts'
import { aNumber } from '../../domain/examples.ts'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { rows } from './arbitraries.ts'
import { create, ONE, remove, replace, statuses, stored, traineeRow, TWO, written } from './rows.ts'

export function writing(factory: StoreFactory): void {
  describe('writing', () => {
    test('a row is returned as written, with any content, before and after it is visible', async (t) => {
      const { store } = await openPlace(t, factory)
      let round = 0
      await fc.assert(
        fc.asyncProperty(rows, async (some) => {
          const id = `round-${(round += 1)}`
          await store.createGeneration(generation(id))
          const outcomes = await store.write(id, some.map(create))
          assert.ok(outcomes.every(({ status }) => status === 'written'))
          const isThere = async () => {
            const back = await store.get(
              id,
              some.map((row) => row.id),
            )
            assert.deepEqual(new Map(back.map(({ row }) => [row.id, row])), new Map(some.map((row) => [row.id, row])))
            for (const { row, document } of back) assert.deepEqual(document, assemble(row.parts))
          }
          await isThere()
          await store.makeVisible(id)
          await isThere()
          const again = await store.write(id, some.map(create))
          assert.ok(again.every(({ status }) => status === 'exists'))
        }),
        { numRuns: 12 },
      )
    })

    test('an id asked for twice is returned once, a missing one not at all', async (t) => {
      const store = await openStore(t, factory)
      await written(store, create(traineeRow(1)))
      await store.makeVisible('g1')
      assert.equal((await store.get('g1', ['tcs-1', 'tcs-9', 'tcs-1'])).length, 1)
      assert.equal((await store.findByNumbers('g1', [ONE, TWO, ONE])).length, 1)
    })

    test('outcomes are in the order of the writes, each independent', async (t) => {
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

    test('a token is valid for its version and row only', async (t) => {
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

    test('a deleted row can be created again, and its old token stays invalid', async (t) => {
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

    test('generations are separate', async (t) => {
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

    test('five thousand rows are written in one call, and read in one', async (t) => {
      const store = await openStore(t, factory)
      const many = Array.from({ length: 5_000 }, (_, index) => traineeRow(index, String(1_000_000 + index)))
      await written(store, ...many.map(create))
      await store.makeVisible('g1')
      const all = many.map(({ id }) => id)
      assert.equal((await store.get('g1', all)).length, 5_000)
      const found = await store.findByNumbers(
        'g1',
        many.map((_, index) => aNumber(String(1_000_000 + index))),
      )
      assert.deepEqual(new Set(found.map(({ row }) => row.id)), new Set(all))
      const replaced = found.map(({ row, token }) => replace({ ...row, parts: { ...row.parts, reason: 'Why' } }, token))
      await written(store, ...replaced)
      assert.deepEqual(await store.get('g1', []), [])
      assert.deepEqual(await store.write('g1', []), [])
    })

    test('written rows exist for the next process, visible or not', async (t) => {
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

    test('a generation of another rules version is not written', async (t) => {
      const { store } = await openPlace(t, factory)
      await store.createGeneration({ id: 'g1', createdAt: 1, assembleVersion: 999 })
      // The version is checked when a process starts to write a generation.
      await assert.rejects(store.write('g1', [create(traineeRow(1))]), { code: 'GENERATION_VERSION' })
    })

    for (const layout of [1, 999]) {
      test(`a generation of another layout says so, and is not written: ${layout}`, async (t) => {
        const place = await openPlace(t, factory)
        await place.store.createGeneration(generation('g1', 1))
        await place.store.createGeneration(generation('g2', 2))
        assert.deepEqual(await place.store.generations(), [generation('g1', 1), generation('g2', 2)])
        await place.layOut('g1', layout)
        const store = await place.reopen()
        assert.deepEqual(await store.generations(), [
          { ...generation('g1', 1), otherLayout: layout },
          generation('g2', 2),
        ])
        await assert.rejects(store.write('g1', [create(traineeRow(1))]), { code: 'GENERATION_VERSION' })
        assert.deepEqual(await store.write('g2', [create(traineeRow(1))]), [{ status: 'written' }])
        await store.dropGeneration('g1')
        assert.deepEqual(await store.generations(), [generation('g2', 2)])
      })
    }
  })
}
