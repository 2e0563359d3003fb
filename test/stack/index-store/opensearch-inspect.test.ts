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
import { engineProxy, PASSED } from './engine-proxy.ts'
import { placeFor, settingsOfItsOwn } from './search-place.ts'

async function found(settings: SearchSettings, about: string): Promise<Finding> {
  const findings = await inspectSearch(settings)
  const finding = findings.find(({ what }) => what.includes(about))
  assert.ok(finding !== undefined, `nothing about ${about} among ${findings.map(({ what }) => what).join(', ')}`)
  return finding
}

const nameOf = ({ searchPrefix }: SearchSettings) => `${searchPrefix}connectedindex`

describe('what config check finds at the search engine', () => {
  test('its kind and version, its health, its free disk', async (t) => {
    const { settings, store } = await placeFor(t)
    await filled(store, 'g1', 1)
    const engine = await found(settings, settings.searchUrl)
    assert.equal(engine.standing, 'good')
    assert.match(engine.found, /^(OpenSearch|Elasticsearch) \d/)
    assert.match((await found(settings, 'search engine health')).found, /^(green|yellow|red): \d+ data node/)
    assert.match((await found(settings, 'search engine disk')).found, /GB free, largest generation 0\.\d+ GB/)
  })

  test('more copies than nodes to have them', async () => {
    const finding = await found(settingsOfItsOwn({ searchReplicas: 16 }), 'search engine health')
    assert.notEqual(finding.standing, 'good')
    assert.match(finding.remedy ?? '', /REVAL_SEARCH_REPLICAS|allocation/)
  })

  test('the five names before and after the first promotion', async (t) => {
    const { settings, store } = await placeFor(t)
    assert.match((await found(settings, nameOf(settings))).found, /free/)
    const creation = await found(settings, 'action.auto_create_index')
    assert.equal(creation.standing, 'doubtful')
    for (const name of INDEX_NAMES) assert.ok(creation.remedy?.includes(`-${settings.searchPrefix}${name}`))
    await filled(store, 'g1', 1)
    await store.promote('g1', null)
    assert.deepEqual(await found(settings, nameOf(settings)), {
      what: `name ${nameOf(settings)}`,
      standing: 'good',
      found: 'points at generation g1',
    })
    assert.ok((await inspectSearch(settings)).every(({ what }) => !what.includes('auto_create_index')))
  })

  test('an index in the place of an alias, and the setting that lets it be replaced', async (t) => {
    const { settings, ask } = await placeFor(t)
    await ask('PUT', `/${nameOf(settings)}`)
    const taken = await found(settings, nameOf(settings))
    assert.equal(taken.standing, 'bad')
    assert.match(taken.remedy ?? '', /REVAL_SEARCH_REPLACE_INDEXES=yes.*docs\/migrating\.md/)
    const meant = await found({ ...settings, searchReplaceIndexes: true }, nameOf(settings))
    assert.equal(meant.standing, 'doubtful')
  })

  test('an alias of somebody else', async (t) => {
    const { settings, ask } = await placeFor(t)
    await ask('PUT', `/${nameOf(settings)}_2024`, { aliases: { [nameOf(settings)]: {} } })
    const finding = await found(settings, nameOf(settings))
    assert.equal(finding.standing, 'doubtful')
    assert.ok(finding.found.includes(`${nameOf(settings)}_2024`))
  })

  test('generations of this version and of another', async (t) => {
    const { settings, store } = await placeFor(t)
    await store.createGeneration(generation('g1'))
    await store.createGeneration({ ...generation('g2'), assembleVersion: 999 })
    assert.equal((await found(settings, 'generation g1')).standing, 'good')
    const other = await found(settings, 'generation g2')
    assert.equal(other.standing, 'bad')
    assert.match(other.found, /rules 999/)
  })

  test('an engine that is not there, as one finding that names the setting', async () => {
    const findings = await inspectSearch(settingsOfItsOwn({ searchUrl: 'http://127.0.0.1:9' }))
    assert.equal(findings.length, 1)
    assert.equal(findings[0]?.standing, 'bad')
    assert.match(findings[0].found, /REVAL_SEARCH_URL/)
  })

  test('what it may not ask is told, and everything else is found', async (t) => {
    const proxy = await engineProxy(t)
    const body = '{"error":{"type":"security_exception","reason":"no permissions"},"status":403}'
    proxy.fateOf = ({ path }) =>
      path.startsWith('/_cat') ? { kind: 'answered', answer: { status: 403, body } } : PASSED
    const settings = settingsOfItsOwn({ searchUrl: proxy.url })
    const room = await found(settings, 'search engine disk')
    assert.equal(room.standing, 'doubtful')
    assert.match(room.found, /no permissions/)
    assert.match((await found(settings, nameOf(settings))).found, /free/)
  })
})

test('room for half a generation more is what a run needs at least, and three times its size is enough', () => {
  const standing = (free: number) => findingOfRoom(free, 1_000_000_000).standing
  assert.deepEqual([1.4e9, 1.6e9, 2.9e9, 3e9].map(standing), ['bad', 'doubtful', 'doubtful', 'good'])
  assert.equal(findingOfRoom(1, 0).standing, 'good')
})

test('of the patterns for indexes that make themselves, the first that fits decides', () => {
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
