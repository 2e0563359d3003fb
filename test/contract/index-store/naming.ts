import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation, openPlace, openStore, type StoreFactory } from './place.ts'
import { create, filled, people, traineeRow } from './rows.ts'

export function naming(factory: StoreFactory): void {
  describe('generations and aliases', () => {
    test('before the first promotion nothing is live', async (t) => {
      const store = await openStore(t, factory)
      assert.equal(await store.liveAliases(), null)
      for (const index of INDEX_NAMES) {
        await assert.rejects(Array.fromAsync(store.documents('live', index, TODAY)), { code: 'NOTHING_LIVE' })
      }
    })

    test('space is told for each generation that exists', async (t) => {
      const { store } = await openPlace(t, factory)
      assert.deepEqual((await store.space()).bytes, {})
      await filled(store, 'g1', 1, 2)
      await filled(store, 'g2', 3)
      const { bytes, free } = await store.space()
      assert.deepEqual(Object.keys(bytes).sort(), ['g1', 'g2'])
      assert.ok(Object.values(bytes).every((each) => each >= 0))
      assert.ok(free === null || free > 0)
      await store.dropGeneration('g1')
      assert.deepEqual(Object.keys((await store.space()).bytes), ['g2'])
    })

    test('promotion moves all aliases, also back, and then the former documents are live', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1, 2)
      await filled(store, 'g2', 3)
      await store.promote('g1', null)
      assert.deepEqual(await people(store, 'live'), [1, 2])
      await store.promote('g2', 'g1')
      assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set(['g2']))
      assert.deepEqual(await people(store, 'live'), [3])
      await store.promote('g1', 'g2')
      assert.deepEqual(await people(store, 'live'), [1, 2])
    })

    test('promoting the live generation succeeds, whatever `from` is', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      await filled(store, 'g2', 2)
      await store.promote('g1', null)
      await store.promote('g1', null)
      await store.promote('g2', 'g1')
      await store.promote('g2', 'g1')
      await store.promote('g2', 'g2')
      assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set(['g2']))
    })

    test('an outdated promotion moves no alias', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      await filled(store, 'g2', 2)
      await filled(store, 'g3', 3)
      await store.promote('g1', null)
      await store.promote('g2', 'g1')
      const moved = { code: 'ALIASES_MOVED' }
      await assert.rejects(store.promote('g3', 'g1'), moved)
      await assert.rejects(store.promote('g1', null), moved)
      await assert.rejects(store.promote('g3', null), moved)
      assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set(['g2']))
      assert.deepEqual(await people(store, 'live'), [2])
      await store.promote('g3', 'g2')
      assert.deepEqual(await people(store, 'live'), [3])
    })

    test('of two concurrent promotions from one generation, one succeeds', async (t) => {
      const { store } = await openPlace(t, factory)
      for (const [at, id] of ['g1', 'g2', 'g3'].entries()) await filled(store, id, at)
      await store.promote('g1', null)
      const done = await Promise.allSettled([store.promote('g2', 'g1'), store.promote('g3', 'g1')])
      const won = done.findIndex(({ status }) => status === 'fulfilled')
      const lost = done[1 - won]
      assert.equal(lost?.status === 'rejected' && (lost.reason as { code?: string }).code, 'ALIASES_MOVED')
      const expected = won === 0 ? 'g2' : 'g3'
      assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set([expected]))
    })

    test('without foreign indexes, no counts are returned', async (t) => {
      const { store } = await openPlace(t, factory)
      assert.equal(await store.foreignCounts(), null)
      await filled(store, 'g1', 1)
      await store.promote('g1', null)
      assert.equal(await store.foreignCounts(), null)
    })

    test('a reader in another process sees a promotion completely or not at all', async (t) => {
      const place = await openPlace(t, factory)
      await filled(place.store, 'g1', 1)
      await filled(place.store, 'g2', 2)
      const reader = await place.openReader()
      const over = new AbortController()
      const looking = (async () => {
        while (!over.signal.aborted) {
          const names = await reader.liveAliases()
          if (names !== null) assert.equal(new Set(Object.values(names)).size, 1)
          await setImmediate()
        }
      })()
      await place.store.promote('g1', null)
      for (let times = 0; times < 15; times += 1) {
        await place.store.promote('g2', 'g1')
        await place.store.promote('g1', 'g2')
      }
      over.abort()
      await looking
    })

    test('a generation is created once and exists until dropped; dropping a missing one is allowed', async (t) => {
      const { store } = await openPlace(t, factory)
      await store.createGeneration(generation('g2', 2))
      await store.createGeneration(generation('g1', 1))
      await assert.rejects(store.createGeneration(generation('g1')), { code: 'GENERATION_EXISTS' })
      assert.deepEqual(await store.generations(), [generation('g1', 1), generation('g2', 2)])
      await store.dropGeneration('g1')
      await store.dropGeneration('g1')
      assert.deepEqual(await store.generations(), [generation('g2', 2)])
      await assert.rejects(store.write('g1', [create(traineeRow(1))]), { code: 'GENERATION_UNKNOWN' })
    })

    test('errors about a missing generation name it', async (t) => {
      const { store } = await openPlace(t, factory)
      const unknown = { code: 'GENERATION_UNKNOWN' }
      await assert.rejects(store.write('g9', [create(traineeRow(1))]), unknown)
      await assert.rejects(store.get('g9', ['tcs-1']), unknown)
      await assert.rejects(store.findByNumbers('g9', []), unknown)
      await assert.rejects(store.makeVisible('g9'), unknown)
      await assert.rejects(store.count('g9', TODAY), unknown)
      await assert.rejects(store.profile('g9', TODAY), unknown)
      await assert.rejects(store.promote('g9', null), unknown)
      await assert.rejects(Array.fromAsync(store.documents('g9', 'masterdoctorindex', TODAY)), unknown)
    })

    test('a generation damaged from outside is not promoted, and live stays', async (t) => {
      const place = await openPlace(t, factory)
      const { store } = place
      await filled(store, 'g1', 1)
      await filled(store, 'g2', 2)
      await filled(store, 'g3', 3)
      await store.promote('g1', null)
      await store.promote('g2', 'g1')
      await place.spoil('g1')
      await assert.rejects(store.promote('g1', 'g2'), { code: 'GENERATION_UNREADABLE' })
      assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set(['g2']))
      assert.deepEqual(await people(store, 'live'), [2])
      const next = await place.reopen()
      await assert.rejects(next.promote('g1', 'g2'), { code: 'GENERATION_UNREADABLE' })
      assert.deepEqual(await people(next, 'live'), [2])
      await next.promote('g3', 'g2')
      assert.deepEqual(await people(next, 'live'), [3])
    })

    test('the live generation cannot be dropped', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      await store.promote('g1', null)
      await assert.rejects(store.dropGeneration('g1'), { code: 'STORE_FAILED' })
      assert.deepEqual(await people(store, 'live'), [1])
    })

    test('aliases and generations are visible to the next process and to a concurrent reader', async (t) => {
      const place = await openPlace(t, factory)
      const early = await place.openReader()
      assert.equal(await early.liveAliases(), null)
      await filled(place.store, 'g1', 1)
      await place.store.promote('g1', null)
      assert.deepEqual(await people(early, 'live'), [1])
      const store = await place.reopen()
      assert.deepEqual(await people(store, 'live'), [1])
      assert.deepEqual(await store.generations(), [generation('g1')])
    })
  })
}
