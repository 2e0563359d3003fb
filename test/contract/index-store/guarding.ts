import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TODAY } from '../../domain/examples.ts'
import { generation, openPlace, type StoreFactory } from './place.ts'
import { create, filled, people, remove, replace, stored, traineeRow, TWO } from './rows.ts'

export function guarding(factory: StoreFactory): void {
  describe('a guard', () => {
    test('that throws ends the call with that error, and nothing is changed', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      await filled(store, 'g2', 2)
      await store.promote('g1', null)
      const { token } = await stored(store, 'tcs-1')
      const over = new Error('the lease is over')
      const refuse = () => {
        throw over
      }
      const isOver = (error: unknown) => error === over
      await assert.rejects(store.createGeneration(generation('g3'), refuse), isOver)
      await assert.rejects(store.dropGeneration('g2', refuse), isOver)
      await assert.rejects(store.write('g1', [create(traineeRow(3))], refuse), isOver)
      await assert.rejects(store.write('g1', [replace(traineeRow(1, TWO), token)], refuse), isOver)
      await assert.rejects(store.write('g1', [remove('tcs-1', token)], refuse), isOver)
      await assert.rejects(store.promote('g2', 'g1', refuse), isOver)
      assert.deepEqual(await store.generations(), [generation('g1'), generation('g2')])
      assert.deepEqual((await store.get('g1', ['tcs-1', 'tcs-3'])).length, 1)
      assert.equal((await stored(store, 'tcs-1')).token, token)
      assert.equal((await store.liveAliases())?.masterdoctorindex, 'g1')
    })

    test('is called by each method that changes something', async (t) => {
      const { store } = await openPlace(t, factory)
      let asked = 0
      const isAskedBy = async (call: (guard: () => void) => Promise<unknown>) => {
        const before = asked
        await call(() => (asked += 1))
        assert.ok(asked > before)
      }
      await isAskedBy((guard) => store.createGeneration(generation('g1'), guard))
      await isAskedBy((guard) => store.write('g1', [create(traineeRow(1))], guard))
      await store.makeVisible('g1')
      await isAskedBy((guard) => store.promote('g1', null, guard))
      await store.createGeneration(generation('g2'))
      await isAskedBy((guard) => store.dropGeneration('g2', guard))
      assert.deepEqual(await people(store, 'live'), [1])
      assert.equal((await store.count('g1', TODAY)).withTrainee, 1)
    })
  })
}
