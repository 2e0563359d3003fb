import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { byList, INDEX_FIELDS, LIST_NAMES } from '../../../src/domain/lists.ts'
import { aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { generation, withTables } from '../../contract/index-store/place.ts'
import { create, filled, replace, stored, traineeRow } from '../../contract/index-store/rows.ts'
import { assertTables, filledTables, PEOPLE, tableOf, tablesOf, whole } from '../../contract/index-store/table-rows.ts'
import { engineProxy, PASSED } from './engine-proxy.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

type Described = Record<string, { aliases: Record<string, { is_write_index?: boolean; filter?: object }> }>

async function placeWithTables(t: TestContext, differing = {}): Promise<SearchPlace> {
  const place = await placeFor(t, differing)
  await filledTables(place.store, 'g1')
  return place
}

/** The indexes of the place whose names begin like this. */
async function indexesOf({ ask, settings }: SearchPlace, beginning = ''): Promise<string[]> {
  const found = (await ask('GET', `/${settings.searchPrefix}${beginning}*`)) as Described
  return Object.keys(found).sort()
}

async function tableIndex(place: SearchPlace, list: string, id = 'g1'): Promise<string> {
  const { ask, settings } = place
  const [index] = Object.keys((await ask('GET', `/${settings.searchPrefix}reval-list-${list}-${id}`)) as Described)
  assert.ok(index)
  return index
}

describe('the aliases of tables', () => {
  test('are written to by Java services, who find what they wrote; the master alias is not', async (t) => {
    const place = await placeWithTables(t)
    const { store, ask, settings } = place
    const named = (name: string) => settings.searchPrefix + name
    await store.promote('g1', null)
    const found = (await ask('GET', `/${named('*index')}`)) as Described
    const aliases = Object.entries(found).flatMap(([index, each]) =>
      Object.entries(each.aliases).map(([alias, how]) => ({ index, alias, ...how })),
    )
    for (const list of LIST_NAMES) {
      const own = { index: await tableIndex(place, list), alias: named(list), is_write_index: true }
      assert.deepEqual(
        aliases.filter(({ alias }) => alias === named(list)),
        [own],
      )
    }
    const row = { id: 'tcs-1', _class: 'a.b.C', gmcReferenceNumber: '1111111', submissionDate: '2026-01-02' }
    await ask('PUT', `/${named('exceptionindex')}/_doc/tcs-1`, row)
    await ask('POST', `/${named('exceptionindex')}/_doc`, { gmcReferenceNumber: '7777777' })
    const search = `/${named('exceptionindex')}/_search?q=gmcReferenceNumber:7777777`
    // Found without a refresh of ours.
    for (let hits = 0; hits === 0;) {
      const answer = (await ask('GET', search)) as { hits: { total: { value: number } } }
      hits = answer.hits.total.value
    }
    const shown = { gmcReferenceNumber: row.gmcReferenceNumber, submissionDate: row.submissionDate }
    assert.deepEqual((await tableOf(store, 'g1', 'exceptionindex')).get('tcs-1'), shown)
    await assert.rejects(ask('PUT', `/${named('masterdoctorindex')}/_doc/tcs-1`, row), /answered 400/)
    assert.deepEqual((await stored(store, 'tcs-1')).row, PEOPLE[0])
  })

  test('sort by the text of fields, and allow no other field, in tables and in views', async (t) => {
    const place = await placeWithTables(t)
    const { ask, settings } = place
    const sorted = ['doctorFirstName', 'doctorLastName', 'gmcReferenceNumber', 'programmeName']
    for (const index of ['reval-generation-g1', 'reval-list-recommendationindex-g1']) {
      await ask('POST', `/${settings.searchPrefix}${index}/_search`, { sort: sorted })
    }
    for (const list of LIST_NAMES) {
      const mapping = (await ask('GET', `/${settings.searchPrefix}reval-list-${list}-g1/_mapping`)) as Record<
        string,
        { mappings: { dynamic: string; properties: object } }
      >
      const [{ mappings } = assert.fail()] = Object.values(mapping)
      assert.deepEqual(Object.keys(mappings.properties).sort(), [...INDEX_FIELDS[list]].sort())
      assert.equal(mappings.dynamic, 'false')
    }
  })

  test('take the place of foreign aliases, and take free names, in one step', async (t) => {
    const place = await placeWithTables(t)
    const { store, ask, settings } = place
    const named = (name: string) => settings.searchPrefix + name
    await ask('PUT', `/${named('connectedindex')}/_doc/1?refresh=true`, { gmcReferenceNumber: '1' })
    await ask('PUT', `/${named('foreign')}`, { aliases: { [named('exceptionindex')]: {} } })
    assert.deepEqual(await store.foreignCounts(), { connectedindex: 1, exceptionindex: 0 })
    await assert.rejects(store.promote('g1', null), { code: 'ALIAS_NAME_TAKEN' })
    assert.equal(await store.liveAliases(), null)
    await ask('DELETE', `/${named('connectedindex')}`)
    await store.promote('g1', null)
    assert.deepEqual(await store.liveAliases(), { masterdoctorindex: 'g1', ...byList(() => 'g1') })
    assert.equal(await store.foreignCounts(), null)
    assert.notEqual(await ask('GET', `/${named('foreign')}/_settings`), null)
    // The table of another list is not what a list is to show.
    await ask('POST', '/_aliases', {
      actions: [
        { remove: { index: await tableIndex(place, 'connectedindex'), alias: named('connectedindex') } },
        { add: { index: await tableIndex(place, 'disconnectedindex'), alias: named('connectedindex') } },
      ],
    })
    assert.equal(await store.liveAliases(), null)
    await store.promote('g1', 'g1')
    assert.deepEqual(await store.liveAliases(), { masterdoctorindex: 'g1', ...byList(() => 'g1') })
  })

  test('stay with readers while tables that are live are filled again', async (t) => {
    const { store, plantInTable } = await placeWithTables(t, { searchShards: 3 })
    await store.promote('g1', null)
    await plantInTable('g1', 'connectedindex', 'tcs-1', null)
    await store.fillTables('g1', whole())
    assert.deepEqual(await store.liveAliases(), { masterdoctorindex: 'g1', ...byList(() => 'g1') })
    await assertTables(store, 'g1', PEOPLE)
    const documents = await Array.fromAsync(store.documents('live', 'connectedindex', TODAY))
    assert.equal(documents.length, tablesOf(PEOPLE).connectedindex.size)
  })
})

describe('a table that is missing or refuses rows', () => {
  test('its rows fail, and are in no other table and not in the master', async (t) => {
    const place = await placeWithTables(t)
    const { store, ask } = place
    const index = await tableIndex(place, 'exceptionindex')
    await ask('PUT', `/${index}/_settings`, { 'index.blocks.write': true })
    const [first] = PEOPLE
    assert.ok(first)
    const changed = { ...first, parts: { ...first.parts, doctor: null } }
    const writes = [replace(changed, (await stored(store, first.id)).token), create(traineeRow(9))]
    for (const outcome of await store.write('g1', writes)) {
      assert.ok(outcome.status === 'failed')
      assert.match(outcome.reason, /table exceptionindex of generation g1: 403/)
    }
    await assert.rejects(store.mendTables('g1', ['tcs-1']), { code: 'STORE_FAILED', message: /exceptionindex/ })
    await ask('PUT', `/${index}/_settings`, { 'index.blocks.write': null })
    await assertTables(store, 'g1', PEOPLE)
  })

  test('is named, counts as empty, is not promoted, and is there again once it is filled', async (t) => {
    const place = await placeWithTables(t)
    const { store, ask, reopen } = place
    await filled(store, 'g2', 7)
    await store.promote('g2', null)
    for (const next of [() => Promise.resolve(store), reopen]) {
      await ask('DELETE', `/${await tableIndex(place, 'connectedindex')}`)
      const opened = await next()
      const [outcome] = await opened.write('g1', [create(traineeRow(9))])
      assert.ok(outcome?.status === 'failed')
      assert.match(outcome.reason, /table connectedindex/)
      assert.equal((await opened.countTables('g1'))?.connectedindex, 0)
      await assert.rejects(opened.promote('g1', 'g2'), { code: 'GENERATION_UNREADABLE', message: /connectedindex/ })
      await opened.fillTables('g1', whole())
      await assertTables(opened, 'g1', PEOPLE)
    }
  })

  test('a closed one is not promoted', async (t) => {
    const place = await placeWithTables(t)
    await place.ask('POST', `/${await tableIndex(place, 'disconnectedindex')}/_close`)
    await assert.rejects(place.store.promote('g1', null), { code: 'GENERATION_UNREADABLE' })
    assert.equal(await place.store.liveAliases(), null)
  })
})

test('tables without a generation go with the next one that is dropped, those of other installations stay', async (t) => {
  const place = await placeWithTables(t)
  const { store, ask, settings } = place
  await filledTables(store, 'g1-2')
  await filled(store, 'g2', 7)
  // Of an installation whose prefix begins like this one's, and of this one.
  const other = await placeFor(t, { searchPrefix: `${settings.searchPrefix}reval-list-connectedindex-` })
  await filledTables(other.store, 'g1')
  await ask('DELETE', `/${settings.searchPrefix}reval-generation-g1-1`)
  assert.equal((await indexesOf(place, 'reval-list-recommendationindex-g1-')).length, 2)
  await store.dropGeneration('g2')
  assert.equal((await indexesOf(place, 'reval-list-recommendationindex-g1-')).length, 1)
  await assertTables(store, 'g1-2', PEOPLE)
  await assertTables(other.store, 'g1', PEOPLE)
  assert.deepEqual(await store.generations(), [withTables('g1-2')])
  assert.deepEqual(await other.store.generations(), [withTables('g1')])
  const { bytes } = await store.space()
  assert.ok((bytes['g1-2'] ?? 0) > 0)
})

test('rows of the same people are found among more rows than one search gives', async (t) => {
  const { store, plantInTable } = await placeFor(t)
  const visitors = Array.from({ length: 3_500 }, (_, at) => {
    const trainee = { tcsPersonId: at + 1, gmcReferenceNumber: null, programmeMembershipType: 'Visitor' }
    return aRow(`tcs-${at + 1}`, { trainee: aTrainee(trainee) })
  })
  await filledTables(store, 'g1', visitors)
  for (const list of LIST_NAMES) await plantInTable('g1', list, `of-${list}`, { tcsPersonId: 3_500 })
  await store.makeVisible('g1')
  await store.mendTables(
    'g1',
    visitors.map(({ id }) => id),
  )
  await assertTables(store, 'g1', visitors)
})

test('a write is one request until tables are filled, and one more from then on', async (t) => {
  const proxy = await engineProxy(t)
  const { store } = await placeFor(t, { searchUrl: proxy.url })
  const requestsOf = async (id: string, person: number) => {
    const paths: string[] = []
    proxy.fateOf = ({ path }) => {
      paths.push(path.replace(/[?].*/, ''))
      return PASSED
    }
    assert.deepEqual(await store.write(id, [create(traineeRow(person))]), [{ status: 'written' }])
    return paths.map((path) => path.slice(path.lastIndexOf('/')))
  }
  await filled(store, 'views', 1)
  await store.createGeneration(withTables('g1'))
  assert.deepEqual(await requestsOf('views', 2), ['/_bulk'])
  // The first one reads what the generation is.
  await requestsOf('g1', 1)
  assert.deepEqual(await requestsOf('g1', 2), ['/_bulk'])
  await store.makeVisible('g1')
  await store.fillTables('g1', whole())
  await requestsOf('g1', 3)
  assert.deepEqual(await requestsOf('g1', 4), ['/_bulk', '/_bulk'])
})

test('a generation with tables has a layout that is unknown to a version without them: it would leave tables behind the master', async (t) => {
  const { store, ask, settings } = await placeWithTables(t)
  await store.createGeneration(generation('g2'))
  const layoutOf = async (id: string) => {
    const index = `${settings.searchPrefix}reval-generation-${id}-1`
    const found = (await ask('GET', `/${index}/_mapping`)) as Record<
      string,
      { mappings: { _meta: { layout: number } } }
    >
    return found[index]?.mappings._meta.layout
  }
  assert.deepEqual([await layoutOf('g1'), await layoutOf('g2')], [4, 3])
  assert.deepEqual(
    (await store.generations()).map(({ otherLayout }) => otherLayout),
    [undefined, undefined],
  )
})
