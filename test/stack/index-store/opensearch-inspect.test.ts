import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isCreatedByWrites } from '../../../src/adapters/index-store/opensearch/inspect-engine.ts'
import { findingOfRoom } from '../../../src/adapters/index-store/opensearch/inspect-engine.ts'
import { inspectSearch } from '../../../src/adapters/index-store/opensearch/inspect.ts'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import type { Finding } from '../../../src/ports/finding.ts'
import { generation } from '../../contract/index-store/place.ts'
import { filled } from '../../contract/index-store/rows.ts'
import { filledTables } from '../../contract/index-store/table-rows.ts'
import { engineProxy, PASSED } from './engine-proxy.ts'
import { placeFor, settingsOfItsOwn } from './search-place.ts'

async function found(settings: SearchSettings, about: string): Promise<Finding> {
  const findings = await inspectSearch(settings)
  const finding = findings.find(({ what }) => what.includes(about))
  assert.ok(finding !== undefined, `nothing about ${about} among ${findings.map(({ what }) => what).join(', ')}`)
  return finding
}

const nameOf = ({ searchPrefix }: SearchSettings) => `${searchPrefix}connectedindex`

describe('what config check reports of the search engine', () => {
  test('its kind and version, its health, its free disk', async (t) => {
    const { settings, store } = await placeFor(t)
    await filled(store, 'g1', 1)
    const engine = await found(settings, settings.searchUrl)
    assert.equal(engine.status, 'ok')
    assert.match(engine.found, /^(OpenSearch|Elasticsearch) \d/)
    assert.match((await found(settings, 'search engine health')).found, /^(green|yellow|red): \d+ data node/)
    assert.match((await found(settings, 'search engine disk')).found, /GB free, largest generation 0\.\d+ GB/)
  })

  test('more replicas than nodes', async () => {
    const finding = await found(settingsOfItsOwn({ searchReplicas: 16 }), 'search engine health')
    assert.notEqual(finding.status, 'ok')
    assert.match(finding.remedy ?? '', /REVAL_SEARCH_REPLICAS|allocation/)
  })

  test('a cluster that is red for a moment, as while an index is created', async (t) => {
    const { settings, ask } = await placeFor(t)
    const proxy = await engineProxy(t)
    const index = `/${nameOf(settings)}_being_created`
    const nowhere = 'index.routing.allocation.require._name'
    await ask('PUT', `${index}?wait_for_active_shards=0`, { settings: { [nowhere]: 'no node' } })
    proxy.fateOf = ({ path }) => {
      if (path.startsWith('/_cluster/health')) void ask('PUT', `${index}/_settings`, { [nowhere]: null })
      return PASSED
    }
    const health = await found({ ...settings, searchUrl: proxy.url }, 'search engine health')
    assert.notEqual(health.status, 'fail', health.found)
  })

  test('the five aliases before and after the first promotion', async (t) => {
    const { settings, store } = await placeFor(t)
    assert.match((await found(settings, nameOf(settings))).found, /created by the first promotion/)
    const creation = await found(settings, 'action.auto_create_index')
    assert.equal(creation.status, 'warn')
    for (const name of INDEX_NAMES) assert.ok(creation.remedy?.includes(`-${settings.searchPrefix}${name}`))
    await filled(store, 'g1', 1)
    await store.promote('g1', null)
    assert.deepEqual(await found(settings, nameOf(settings)), {
      what: `alias ${nameOf(settings)}`,
      status: 'ok',
      found: 'points to generation g1',
    })
    assert.ok((await inspectSearch(settings)).every(({ what }) => !what.includes('auto_create_index')))
  })

  test('an index in place of an alias', async (t) => {
    const { settings, ask } = await placeFor(t)
    await ask('PUT', `/${nameOf(settings)}`)
    const taken = await found(settings, nameOf(settings))
    assert.equal(taken.status, 'fail')
    assert.match(taken.remedy ?? '', /reval adopt --indexes.*docs\/migrating\.md/)
  })

  test('a foreign alias', async (t) => {
    const { settings, ask } = await placeFor(t)
    await ask('PUT', `/${nameOf(settings)}_2024`, { aliases: { [nameOf(settings)]: {} } })
    const finding = await found(settings, nameOf(settings))
    assert.equal(finding.status, 'warn')
    assert.ok(finding.found.includes(`${nameOf(settings)}_2024`))
  })

  test('generations of this version and of another', async (t) => {
    const { settings, store } = await placeFor(t)
    await store.createGeneration(generation('g1'))
    await store.createGeneration({ ...generation('g2'), assembleVersion: 999 })
    assert.equal((await found(settings, 'generation g1')).status, 'ok')
    const other = await found(settings, 'generation g2')
    assert.equal(other.status, 'fail')
    assert.match(other.found, /rules 999/)
  })

  test('tables as they are required, and what another program did to them', async (t) => {
    const { settings, store, ask } = await placeFor(t)
    await filledTables(store, 'g1')
    await store.promote('g1', null)
    const name = nameOf(settings)
    assert.match((await found(settings, `alias ${name}`)).found, /points to generation g1, as a table/)
    assert.equal((await found(settings, 'tables of generation g1')).status, 'ok')
    assert.ok((await inspectSearch(settings)).every(({ status }) => status !== 'fail'))

    await ask('PUT', `/${name}/_settings`, { 'index.blocks.write': true })
    await ask('PUT', `/${settings.searchPrefix}recommendationindex/_mapping`, {
      properties: { doctorLastName: { type: 'text', norms: false, fielddata: false } },
    })
    const blocked = await found(settings, `table ${name}`)
    assert.deepEqual([blocked.status, /index\.blocks\.write/.test(blocked.found)], ['fail', true])
    const mapped = await found(settings, `table ${settings.searchPrefix}recommendationindex`)
    assert.match(mapped.found, /changed the mapping of doctorLastName in/)
    await ask('PUT', `/${name}/_settings`, { 'index.blocks.write': null })

    await ask('DELETE', `/${settings.searchPrefix}reval-list-connectedindex-g1-*`)
    const missing = await found(settings, `table ${name}`)
    assert.deepEqual([missing.status, missing.remedy], ['fail', 'Build it again: reval verify --repair.'])
    await ask('DELETE', `/${settings.searchPrefix}reval-generation-g1-1`)
    const left = async () => (await inspectSearch(settings)).find(({ what }) => what === 'tables left over')
    // Users still read them.
    assert.equal(await left(), undefined)
    await ask('DELETE', `/${settings.searchPrefix}reval-list-*/_alias/${settings.searchPrefix}*index`)
    assert.match((await left())?.found ?? '', /no generation has .*reval-list-exceptionindex-g1-/)
  })

  test('whether the user may copy rows, which changes nothing', async (t) => {
    const { settings, store, ask } = await placeFor(t)
    const proxy = await engineProxy(t)
    const copying = async () => {
      const findings = await inspectSearch({ ...settings, searchUrl: proxy.url }, { fillsTables: true })
      return findings.find(({ what }) => what === 'search engine right to copy rows')
    }
    assert.equal((await copying())?.status, 'ok')
    await filled(store, 'g1', 1)
    const before = await ask('GET', `/${settings.searchPrefix}*/_alias`)
    assert.equal((await copying())?.status, 'ok')
    assert.deepEqual(await ask('GET', `/${settings.searchPrefix}*/_alias`), before)
    const body = '{"error":{"type":"security_exception","reason":"no permissions"},"status":403}'
    proxy.fateOf = ({ path }) =>
      path.startsWith('/_reindex') ? { kind: 'answered', answer: { status: 403, body } } : PASSED
    const refused = await copying()
    assert.equal(refused?.status, 'fail')
    assert.match(refused.remedy ?? '', /indices:data\/write\/reindex/)
  })

  test('whether the engine takes the queries of searched lists', async (t) => {
    const proxy = await engineProxy(t)
    const settings = settingsOfItsOwn({ searchUrl: proxy.url })
    const about = 'search.allow_expensive_queries'
    assert.deepEqual((await found(settings, about)).status, 'ok')
    const body = '{"persistent":{"search":{"allow_expensive_queries":"false"}}}'
    proxy.fateOf = ({ path }) => (path.includes(about) ? { kind: 'answered', answer: { status: 200, body } } : PASSED)
    const refused = await found(settings, about)
    assert.equal(refused.status, 'fail')
    assert.match(refused.remedy ?? '', /to true/)
  })

  test('an unreachable engine, as one finding that names the setting', async () => {
    const findings = await inspectSearch(settingsOfItsOwn({ searchUrl: 'http://127.0.0.1:9' }))
    assert.equal(findings.length, 1)
    assert.equal(findings[0]?.status, 'fail')
    assert.match(findings[0].found, /REVAL_SEARCH_URL/)
  })

  test('a missing permission is reported, and everything else is checked', async (t) => {
    const proxy = await engineProxy(t)
    const body = '{"error":{"type":"security_exception","reason":"no permissions"},"status":403}'
    proxy.fateOf = ({ path }) =>
      path.startsWith('/_cat') ? { kind: 'answered', answer: { status: 403, body } } : PASSED
    const settings = settingsOfItsOwn({ searchUrl: proxy.url })
    const room = await found(settings, 'search engine disk')
    assert.equal(room.status, 'warn')
    assert.match(room.found, /no permissions/)
    assert.match((await found(settings, nameOf(settings))).found, /created by the first promotion/)
  })
})

test('a run needs at least half as much space as a generation, and three times its size is enough', () => {
  const status = (free: number) => findingOfRoom(free, 1_000_000_000).status
  assert.deepEqual([1.4e9, 1.6e9, 2.9e9, 3e9].map(status), ['fail', 'warn', 'warn', 'ok'])
  assert.equal(findingOfRoom(1, 0).status, 'ok')
})

test('the first matching pattern decides whether an index is created automatically', () => {
  const made = (rule: string) => isCreatedByWrites(rule, 'masterdoctorindex')
  assert.deepEqual(['true', 'false'].map(made), [true, false])
  assert.deepEqual(['-master*,+*', '+*,-master*', '-other*', '+other*', 'masterdoctorindex', '-*'].map(made), [
    false,
    true,
    false,
    false,
    true,
    false,
  ])
  // A point is only a point.
  assert.equal(made('+masterdoctor.ndex'), false)
})
