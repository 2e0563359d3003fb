import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import { filled, people } from '../../contract/index-store/rows.ts'
import { TODAY } from '../../domain/examples.ts'
import { placeFor } from './search-place.ts'

describe('an index with the name of an alias', () => {
  const taken = async (t: Parameters<typeof placeFor>[0]) => {
    const place = await placeFor(t)
    const index = `${place.settings.searchPrefix}connectedindex`
    await place.ask('PUT', `/${index}/_doc/1?refresh=true`, { gmcReferenceNumber: '1' })
    await filled(place.store, 'g1', 1)
    return { ...place, index }
  }

  test('blocks the promotion, and is named', async (t) => {
    const { store, ask, index } = await taken(t)
    await assert.rejects(store.promote('g1', null), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'ALIAS_NAME_TAKEN')
      assert.ok(error.message.includes(index))
      return true
    })
    assert.equal(await store.liveAliases(), null)
    await assert.rejects(Array.fromAsync(store.documents('live', 'connectedindex', TODAY)), { code: 'NOTHING_LIVE' })
    assert.notEqual(await ask('GET', `/${index}/_doc/1`), null)
  })

  test('a foreign alias is moved, and its index stays', async (t) => {
    const place = await placeFor(t)
    const name = `${place.settings.searchPrefix}masterdoctorindex`
    await place.ask('PUT', `/${name}_2024`, { aliases: { [name]: {} } })
    assert.equal(await place.store.liveAliases(), null)
    await filled(place.store, 'g1', 1)
    await place.store.promote('g1', null)
    assert.equal((await place.store.liveAliases())?.masterdoctorindex, 'g1')
    assert.deepEqual(await people(place.store, 'live'), [1])
    assert.notEqual(await place.ask('GET', `/${name}_2024/_settings`), null)
  })
})

describe('a promotion', () => {
  const twoGenerations = async (t: Parameters<typeof placeFor>[0]) => {
    const place = await placeFor(t)
    await filled(place.store, 'g1', 1)
    await filled(place.store, 'g2', 2)
    await place.store.promote('g1', null)
    const name = `${place.settings.searchPrefix}connectedindex`
    const index = (id: string) => `${place.settings.searchPrefix}reval-generation-${id}-1`
    const alias = (...actions: object[]) => place.ask('POST', '/_aliases', { actions })
    return { ...place, name, index, alias }
  }

  test('restores an alias that was removed, or moved to a foreign index', async (t) => {
    const { store, ask, alias, name, index } = await twoGenerations(t)
    await alias({ remove: { index: index('g1'), alias: name } })
    assert.equal(await store.liveAliases(), null)
    await store.promote('g2', 'g1')
    assert.equal((await store.liveAliases())?.connectedindex, 'g2')
    await ask('PUT', `/${name}_own`)
    await alias({ remove: { index: index('g2'), alias: name } }, { add: { index: `${name}_own`, alias: name } })
    await store.promote('g2', 'g1')
    assert.equal((await store.liveAliases())?.connectedindex, 'g2')
    assert.notEqual(await ask('GET', `/${name}_own/_settings`), null)
  })

  test('changes nothing if one of the aliases was moved manually', async (t) => {
    const { store, alias, name, index } = await twoGenerations(t)
    await filled(store, 'g3', 3)
    await alias({ remove: { index: index('g1'), alias: name } }, { add: { index: index('g3'), alias: name } })
    const before = await store.liveAliases()
    await assert.rejects(store.promote('g2', 'g1'), { code: 'ALIASES_MOVED', message: /connectedindex.* g3/ })
    assert.deepEqual(await store.liveAliases(), before)
  })

  test('continues from the aliases after all of them were moved by hand', async (t) => {
    const { store, alias, index, settings } = await twoGenerations(t)
    const names = INDEX_NAMES.map((each) => `${settings.searchPrefix}${each}`)
    await alias(
      ...names.map((each) => ({ remove: { index: index('g1'), alias: each } })),
      ...names.map((each) => ({ add: { index: index('g2'), alias: each } })),
    )
    await filled(store, 'g3', 3)
    await assert.rejects(store.promote('g3', 'g1'), { code: 'ALIASES_MOVED' })
    await store.promote('g3', 'g2')
    assert.deepEqual(await people(store, 'live'), [3])
  })
})

describe('foreign indexes and aliases with the five names', () => {
  test('is counted, whether it is an index or an alias; what is closed is not', async (t) => {
    const { store, ask, settings } = await placeFor(t)
    const named = (name: IndexName) => `${settings.searchPrefix}${name}`
    assert.equal(await store.foreignCounts(), null)
    await ask('PUT', `/${named('connectedindex')}/_doc/1?refresh=true`, { gmcReferenceNumber: '1' })
    await ask('PUT', `/${named('disconnectedindex')}_a`, { aliases: { [named('disconnectedindex')]: {} } })
    for (const id of [1, 2]) await ask('PUT', `/${named('disconnectedindex')}_a/_doc/${id}?refresh=true`, {})
    await ask('PUT', `/${named('exceptionindex')}`)
    await ask('POST', `/${named('exceptionindex')}/_close`)
    assert.deepEqual(await store.foreignCounts(), { connectedindex: 1, disconnectedindex: 2 })
  })
})

test('a generation that has lost a shard is not promoted; once the shard is back, it is', async (t) => {
  const place = await placeFor(t)
  const { store, ask, settings } = place
  await filled(store, 'g1', 1)
  await filled(store, 'g2', 2)
  await store.promote('g1', null)
  const index = `/${settings.searchPrefix}reval-generation-g2-1`
  const copy = `/${settings.searchPrefix}copy-of-g2`
  const aliases = (await ask('GET', `${index}/_alias`)) as Record<string, { aliases: object }>
  // The engine ignores allocation filters for a shard that was on a node before, but not for one still to be cloned.
  await ask('PUT', `${index}/_settings`, { 'index.blocks.write': true })
  await ask('PUT', `${index}/_clone${copy}`, {})
  await ask('DELETE', index)
  await ask('PUT', `${copy}/_clone${index}?wait_for_active_shards=0`, {
    settings: { 'index.routing.allocation.require._name': 'no-such-node', 'index.blocks.write': null },
    ...Object.values(aliases)[0],
  })
  await assert.rejects(store.promote('g2', 'g1'), { code: 'GENERATION_UNREADABLE', transient: true })
  assert.deepEqual(await people(store, 'live'), [1])
  await ask('PUT', `${index}/_settings`, { 'index.routing.allocation.require._name': null })
  await ask('GET', `/_cluster/health${index}?wait_for_active_shards=1&timeout=30s`)
  await store.promote('g2', 'g1')
  assert.deepEqual(await people(store, 'live'), [2])
})
