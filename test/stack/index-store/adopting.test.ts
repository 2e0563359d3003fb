import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import { inspectSearch } from '../../../src/adapters/index-store/opensearch/inspect.ts'
import { compareGenerations } from '../../../src/sync/compare/compare.ts'
import { aNumber, aDoctor, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { filled } from '../../contract/index-store/rows.ts'
import { generation } from '../../contract/index-store/place.ts'
import { javaDocumentsOf, makeJavaIndexes, readJavaIndexes, type JavaDocuments } from './java-indexes.ts'
import { engineProxy, PASSED, type Answer, type Fate } from './engine-proxy.ts'
import { placeFor } from './search-place.ts'

const aTraineeWith = (person: number, number: string | null) =>
  aTrainee({ tcsPersonId: person, gmcReferenceNumber: number })
const numberOf = (person: number) => String(1_000_000 + person)

/** Trainees whose ids sort otherwise as numbers, one without a doctor, one with a reason, and doctors without a trainee. */
const ROWS = [
  ...[9, 10, 1005, 200].map((person) =>
    aRow(`tcs-${person}`, {
      trainee: aTraineeWith(person, numberOf(person)),
      doctor: aDoctor({ gmcReferenceNumber: numberOf(person) }),
      ...(person === 10 ? { reason: 'GMC says no' } : {}),
    }),
  ),
  aRow('tcs-77', { trainee: aTraineeWith(77, null) }),
  ...['7000002', '7000001'].map((number) =>
    aRow(`gmc-${number}`, { trainee: null, doctor: aDoctor({ gmcReferenceNumber: number, designatedBodyCode: null }) }),
  ),
]
const DOCUMENTS = javaDocumentsOf(
  ROWS.map(({ parts }) => assemble(parts)),
  TODAY,
)

async function javaPlace(t: TestContext, documents: JavaDocuments = DOCUMENTS) {
  const place = await placeFor(t)
  await makeJavaIndexes(place, documents)
  return { ...place, named: (name: string) => place.settings.searchPrefix + name, read: () => readJavaIndexes(place) }
}

describe('the five indexes of the Java services', () => {
  test('become the live generation, with the same documents under the same ids, and writable', async (t) => {
    const { store, read, ask, named, settings } = await javaPlace(t)
    const before = await read()
    await store.adoptIndexes('j', 5)
    assert.deepEqual(await store.generations(), [
      { id: 'j', createdAt: 5, assembleVersion: 0, otherLayout: 0, java: true },
    ])
    assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set(['j']))
    assert.deepEqual(await read(), before)
    const findings = await inspectSearch(settings)
    assert.deepEqual(
      findings.filter(({ what, status }) => /^(alias|generation)/.test(what) && status !== 'ok'),
      [],
    )
    for (const name of INDEX_NAMES) await ask('POST', `/${named(name)}/_doc?refresh=true`, { gmcReferenceNumber: '1' })
    await store.adoptIndexes('j', 5)
    assert.equal(Object.keys((await read()).exceptionindex).length, 2)
    await assert.rejects(store.write('j', [{ op: 'create', row: aRow('tcs-1', {}) }]), { code: 'GENERATION_VERSION' })
    await assert.rejects(store.dropGeneration('j'), { code: 'STORE_FAILED' })
  })

  test('are read under the ids and in the order of ours, and counted list by list', async (t) => {
    const { store } = await javaPlace(t)
    await store.adoptIndexes('j', 5)
    const rows = (await Array.fromAsync(store.rows('j'))).flat()
    assert.deepEqual(
      rows.map(({ id }) => id),
      ROWS.map(({ id }) => id).sort(),
    )
    const reasons = rows.map((row) => row.read()).filter(({ document }) => document.exceptionReason !== null)
    assert.deepEqual(
      reasons.map(({ row, hasNoParts }) => [row.id, hasNoParts]),
      [['tcs-10', true]],
    )
    const counts = await store.count('j', TODAY)
    assert.deepEqual(counts, {
      withTrainee: 5,
      withoutTrainee: 2,
      withReason: 1,
      indexes: {
        masterdoctorindex: 7,
        recommendationindex: 7,
        connectedindex: 4,
        disconnectedindex: 3,
        exceptionindex: 1,
      },
    })
    const profile = await store.profile('j', TODAY)
    assert.deepEqual(
      [profile.indexes, profile.joined, profile.fields.exceptionReason, profile.fields.connectionStatus],
      [counts.indexes, 4, 1, 6],
    )
    assert.equal((await Array.fromAsync(store.documents('live', 'exceptionindex', TODAY))).length, 1)
    const [found, ...more] = await store.get('j', ['tcs-10', 'gmc-1000010', 'gmc-none'])
    assert.deepEqual([found?.row.id, more.length], ['tcs-10', 0])
    const ofNumber = await store.findByNumbers('j', [aNumber('7000001'), aNumber('1000010')])
    assert.deepEqual(ofNumber.map(({ row }) => row.id).sort(), ['gmc-7000001', 'tcs-10'])
  })

  test('differ from ours only where their documents do, and in rows that they have twice', async (t) => {
    const twice = {
      ...DOCUMENTS,
      masterdoctorindex: [...DOCUMENTS.masterdoctorindex, ...DOCUMENTS.masterdoctorindex.slice(0, 1)],
    }
    const { store } = await javaPlace(t, twice)
    await store.adoptIndexes('j', 5)
    await store.createGeneration(generation('g1'))
    await store.write(
      'g1',
      ROWS.map((row) => ({ op: 'create', row })),
    )
    await store.makeVisible('g1')
    const parts = await Array.fromAsync(compareGenerations(store, { before: 'j', after: 'g1' }))
    assert.deepEqual(
      parts.flatMap(({ differences }) => differences).map(({ id, kind, fields }) => [id, kind, fields]),
      [
        ['tcs-77', 'different', ['connectionStatus']],
        ['tcs-9#2', 'surplus', []],
      ],
    )
  })

  test('are what a rollback leads back to, and become indexes again', async (t) => {
    const { store, read, ask, named } = await javaPlace(t)
    const before = await read()
    await store.adoptIndexes('j', 5)
    await filled(store, 'g1', 1)
    await store.promote('g1', 'j')
    assert.equal(Object.keys((await read()).masterdoctorindex).length, 1)
    await store.promote('j', 'g1')
    assert.deepEqual(await read(), before)
    await store.releaseIndexes('j')
    assert.equal(await store.liveAliases(), null)
    assert.deepEqual(await read(), before)
    const found = await ask('GET', `/${named('connectedindex')}`)
    assert.deepEqual(Object.keys(found as object), [named('connectedindex')])
    await ask('POST', `/${named('connectedindex')}/_doc`, { gmcReferenceNumber: '1' })
    await store.releaseIndexes('j')
    await store.dropGeneration('j')
    assert.equal((await store.generations()).length, 1)
    await store.adoptIndexes('k', 6)
    assert.deepEqual(new Set(Object.values((await store.liveAliases()) ?? {})), new Set(['k']))
  })
})

describe('taking the indexes is refused', () => {
  const refused: readonly (readonly [
    string,
    (place: Awaited<ReturnType<typeof javaPlace>>) => Promise<unknown>,
    RegExp,
  ])[] = [
    [
      'if one is missing',
      ({ ask, named }) => ask('DELETE', `/${named('connectedindex')}`),
      /connectedindex is missing/,
    ],
    [
      'if one is an alias of somebody else',
      async ({ ask, named }) => {
        await ask('DELETE', `/${named('connectedindex')}`)
        await ask('PUT', `/${named('connectedindex')}_2024`, { aliases: { [named('connectedindex')]: {} } })
      },
      /connectedindex is an alias of .*connectedindex_2024/,
    ],
    [
      'if one is closed',
      ({ ask, named }) => ask('POST', `/${named('exceptionindex')}/_close`),
      /exceptionindex is closed/,
    ],
  ]
  for (const [what, spoil, message] of refused) {
    test(`${what}, and nothing changes`, async (t) => {
      const place = await javaPlace(t)
      await spoil(place)
      await assert.rejects(place.store.adoptIndexes('j', 5), { code: 'NOTHING_TO_ADOPT', message })
      assert.deepEqual(await place.store.generations(), [])
      await place.ask('POST', `/${place.named('masterdoctorindex')}/_doc`, {})
    })
  }

  test('if ours are live', async (t) => {
    const { store } = await placeFor(t)
    await filled(store, 'g1', 1)
    await store.promote('g1', null)
    await assert.rejects(store.adoptIndexes('j', 5), { code: 'NOTHING_TO_ADOPT', message: /alias/ })
  })
})

describe('a writer that stops while it takes or releases the indexes', () => {
  /** Calls a guard that throws at the given request, for every request that there is. */
  const atEach = async (work: (guard: () => void) => Promise<void>, check: (at: number) => Promise<void>) => {
    for (let at = 1; ; at += 1) {
      let calls = 0
      const stopped = new Error('stopped')
      try {
        await work(() => {
          calls += 1
          if (calls >= at) throw stopped
        })
        return at - 1
      } catch (error) {
        assert.equal(error, stopped)
      }
      await check(at)
    }
  }

  test('leaves indexes that are whole and take writes, and goes on', async (t) => {
    const { store, read, ask, named } = await javaPlace(t)
    const before = await read()
    const requests = await atEach(
      (guard) => store.adoptIndexes('j', 5, guard),
      async () => {
        assert.deepEqual(await read(), before)
        assert.equal(await store.liveAliases(), null)
        for (const name of INDEX_NAMES) await ask('DELETE', `/${named(name)}/_doc/none`)
      },
    )
    assert.ok(requests > 10)
    assert.deepEqual(await read(), before)
    const back = await atEach(
      (guard) => store.releaseIndexes('j', guard),
      async () => undefined,
    )
    assert.ok(back > 3)
    assert.deepEqual(await read(), before)
    for (const name of INDEX_NAMES) await ask('POST', `/${named(name)}/_doc`, { gmcReferenceNumber: '1' })
  })
})

test('a Java service that starts or writes while its indexes are taken always finds them, and loses nothing that it wrote', async (t) => {
  const { store, settings, read } = await javaPlace(t)
  const over = new AbortController()
  t.after(() => over.abort())
  const url = `${settings.searchUrl}/${settings.searchPrefix}`
  const missing: string[] = []
  const starting = async () => {
    while (!over.signal.aborted) {
      for (const name of INDEX_NAMES) {
        const { status } = await fetch(`${url}${name}`, { method: 'HEAD' })
        if (status !== 200) missing.push(`${name}: ${status}`)
      }
    }
  }
  let written = 0
  const writing = async () => {
    while (!isTaken) {
      const answer = await fetch(`${url}masterdoctorindex/_doc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"gmcReferenceNumber":"7000001"}',
      })
      if (answer.status === 201) written += 1
      // 404 for one in flight when the index was removed: it made no index of that name.
      else assert.ok([403, 404].includes(answer.status), await answer.text())
    }
  }
  let isTaken = false
  const services = [starting(), writing()]
  await store.adoptIndexes('j', 5)
  isTaken = true
  await services[1]
  await store.makeVisible('j')
  assert.equal(Object.keys((await read()).masterdoctorindex).length, DOCUMENTS.masterdoctorindex.length + written)
  await filled(store, 'g1', 1)
  await store.promote('g1', 'j')
  await store.promote('j', 'g1')
  over.abort()
  await services[0]
  assert.deepEqual(missing, [])
})

test('an index that a Java service created while the aliases became indexes is named', async (t) => {
  const { store, ask, named, read } = await javaPlace(t)
  const before = await read()
  await store.adoptIndexes('j', 5)
  const index = Object.keys((await ask('GET', `/${named('connectedindex')}`)) as object)[0] ?? ''
  await ask('POST', '/_aliases', { actions: [{ remove: { index, alias: named('connectedindex') } }] })
  await ask('PUT', `/${named('connectedindex')}`, {})
  await assert.rejects(store.releaseIndexes('j'), { code: 'ALIAS_NAME_TAKEN', message: /connectedindex .*delete it/ })
  await ask('DELETE', `/${named('connectedindex')}`)
  await store.releaseIndexes('j')
  assert.deepEqual(await read(), before)
})

test('where there is no room for an index, its alias stays with readers, and releasing can be repeated', async (t) => {
  const place = await javaPlace(t)
  const proxy = await engineProxy(t)
  const store = await place.open({ searchUrl: proxy.url })
  const before = await place.read()
  await place.store.adoptIndexes('j', 5)
  const refused = { status: 400, body: '{"error":{"type":"illegal_argument_exception"}}' }
  const withoutRoom = (answer: Answer) => ({
    ...answer,
    body: answer.body.replace('acknowledged":true,"index', 'acknowledged":false,"index'),
  })
  const fates: readonly ((body: string) => Fate)[] = [
    () => ({ kind: 'answered', answer: refused }),
    (body) => ({ kind: 'replaced', body, change: withoutRoom }),
  ]
  for (const fate of fates) {
    const clones = `/_clone/${place.named('connectedindex')}`
    proxy.fateOf = ({ path, body }) => (path.includes(clones) ? fate(body) : PASSED)
    await assert.rejects(store.releaseIndexes('j'), { code: 'STORE_FAILED' })
    assert.deepEqual(await place.read(), before)
  }
  proxy.fateOf = () => PASSED
  await store.releaseIndexes('j')
  assert.equal(await store.liveAliases(), null)
  assert.deepEqual(await place.read(), before)
})
