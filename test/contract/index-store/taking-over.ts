import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation, openPlace, type StoreFactory } from './place.ts'
import { create, filled, people, remove, replace, statuses, stored, traineeRow, TWO, written } from './rows.ts'

/** A store that wrote a row each to g1, which is live, and to g2 in term 1, and one that has taken over g1 in term 2. */
async function overtaken(
  t: TestContext,
  factory: StoreFactory,
): Promise<{ early: IndexStore; late: IndexStore } | null> {
  const { store: early, openWriter } = await openPlace(t, factory)
  if (openWriter === null) return null
  await early.takeOver([], 1)
  await filled(early, 'g1', 1)
  await filled(early, 'g2', 2)
  await early.promote('g1', null)
  const late = await openWriter()
  await late.takeOver(['g1'], 2)
  return { early, late }
}

export function takingOver(factory: StoreFactory): void {
  describe('taking over', () => {
    test('leaves generations, aliases and rows as they are; writes, promotions and drops go on', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      await filled(store, 'g2', 2)
      await store.promote('g1', null)
      const { token } = await stored(store, 'tcs-1')
      for (const term of [3, 3, 4]) await store.takeOver(['g1', 'g2', 'g9'], term)
      assert.deepEqual(await store.generations(), [generation('g1'), generation('g2')])
      assert.equal((await store.liveAliases())?.masterdoctorindex, 'g1')
      assert.equal(await store.foreignCounts(), null)
      assert.deepEqual(await people(store, 'live'), [1])
      assert.equal((await store.count('g2', TODAY)).withTrainee, 1)
      assert.deepEqual(await statuses(store, replace(traineeRow(1, TWO), token), create(traineeRow(5))), [
        'written',
        'written',
      ])
      await filled(store, 'g3', 3)
      await store.promote('g3', 'g1')
      assert.deepEqual(await people(store, 'live'), [3])
      await store.dropGeneration('g2')
      assert.deepEqual(await store.generations(), [generation('g1'), generation('g3')])
    })

    test('whose guard throws changes nothing', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      const over = new Error('the lease is over')
      const refuse = () => {
        throw over
      }
      await assert.rejects(store.takeOver(['g1'], 1, refuse), (error) => error === over)
      await written(store, create(traineeRow(2)))
    })

    test('ends the writes of the earlier writer, and only those', async (t) => {
      const stores = await overtaken(t, factory)
      if (stores === null) return
      const { early, late } = stores
      const { row, token } = await stored(early, 'tcs-1')
      const lost = { code: 'WRITER_LOST' }
      await assert.rejects(early.write('g1', [create(traineeRow(3))]), lost)
      await assert.rejects(early.write('g1', [replace(traineeRow(1, TWO), token)]), lost)
      await assert.rejects(early.write('g1', [remove('tcs-1', token)]), lost)
      const untouched = await stored(late, 'tcs-1')
      assert.deepEqual([untouched.row, untouched.token], [row, token])
      assert.deepEqual(await late.get('g1', ['tcs-3']), [])
      await written(late, replace(traineeRow(1, TWO), token), create(traineeRow(4)))
      // It was not taken over.
      assert.deepEqual(await early.write('g2', [create(traineeRow(5))]), [{ status: 'written' }])
      await late.makeVisible('g1')
      assert.deepEqual(await people(early, 'live'), [1, 4])
      assert.equal((await late.liveAliases())?.connectedindex, 'g1')
      await late.promote('g2', 'g1')
      await late.dropGeneration('g1')
      await assert.rejects(early.write('g1', [create(traineeRow(3))]), { code: 'GENERATION_UNKNOWN' })
    })

    test('gives a new generation to the term that creates it', async (t) => {
      const stores = await overtaken(t, factory)
      if (stores === null) return
      const { early, late } = stores
      await filled(late, 'g3', 3)
      await assert.rejects(early.write('g3', [create(traineeRow(4))]), { code: 'WRITER_LOST' })
      await filled(early, 'g4', 4)
      await assert.rejects(late.write('g4', [create(traineeRow(3))]), { code: 'WRITER_LOST' })
      await late.takeOver(['g4'], 2)
      assert.deepEqual(await late.write('g4', [create(traineeRow(3))]), [{ status: 'written' }])
      assert.deepEqual(await people(early, 'g3'), [3])
    })
  })
}
