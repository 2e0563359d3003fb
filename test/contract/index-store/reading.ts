import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GenerationId, IndexStore } from '../../../src/ports/index-store.ts'
import { TODAY } from '../../domain/examples.ts'
import { openPlace, type StoreCapabilities, type StoreFactory } from './place.ts'
import { filled, people, remove, stored } from './rows.ts'

/** More documents than a store is likely to read ahead. */
const MANY = Array.from({ length: 2_000 }, (_, index) => index)

/** A reader that has its first document, and the number of documents it gets in total. */
async function readerOf(store: IndexStore, from: GenerationId): Promise<{ readonly toItsEnd: () => Promise<number> }> {
  const reading = store.documents(from, 'masterdoctorindex', TODAY)[Symbol.asyncIterator]()
  await reading.next()
  return {
    toItsEnd: async () => {
      let count = 1
      while ((await reading.next()).done !== true) count += 1
      return count
    },
  }
}

export function reading(factory: StoreFactory, { readsDropped }: StoreCapabilities): void {
  describe('a reader in the middle of an index', () => {
    test('continues with the generation that was live at the start', async (t) => {
      const { store, openReader } = await openPlace(t, factory)
      await filled(store, 'g1', ...MANY)
      await filled(store, 'g2', 1)
      await store.promote('g1', null)
      const here = await readerOf(store, 'live')
      const elsewhere = await readerOf(await openReader(), 'live')
      await store.promote('g2', 'g1')
      assert.deepEqual(await people(store, 'live'), [1])
      assert.equal(await here.toItsEnd(), MANY.length)
      assert.equal(await elsewhere.toItsEnd(), MANY.length)
    })

    test('does not block writes, and may stop early', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', ...MANY)
      for await (const document of store.documents('g1', 'masterdoctorindex', TODAY)) {
        assert.equal(document.tcsPersonId, 0)
        const { token } = await stored(store, 'tcs-0')
        assert.deepEqual(await store.write('g1', [remove('tcs-0', token)]), [{ status: 'written' }])
        await store.makeVisible('g1')
        break
      }
      assert.equal((await people(store, 'g1')).length, MANY.length - 1)
      await store.dropGeneration('g1')
    })

    if (!readsDropped) return
    test('reads to the end even if the generation is dropped', async (t) => {
      const { store, openReader } = await openPlace(t, factory)
      await filled(store, 'g1', ...MANY)
      const here = await readerOf(store, 'g1')
      const elsewhere = await readerOf(await openReader(), 'g1')
      await store.dropGeneration('g1')
      assert.equal(await here.toItsEnd(), MANY.length)
      assert.equal(await elsewhere.toItsEnd(), MANY.length)
    })
  })
}
