import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { createServer } from 'node:tls'
import { openSearchIndexStore } from '../../../src/adapters/index-store/opensearch/open-index-store.ts'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import type { StoreWrite } from '../../../src/ports/index-store.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create, filled, people, replace, stored, traineeRow, TWO, written } from '../../contract/index-store/rows.ts'
import { servers } from '../servers.ts'
import { engineProxy, PASSED, type Answer, type EngineProxy, type Fate, type SeenRequest } from './engine-proxy.ts'
import { placeFor, settingsOfItsOwn, type SearchPlace } from './search-place.ts'

const isBulk = ({ path }: SeenRequest) => path.includes('/_bulk')
const linesOf = ({ body }: SeenRequest) => body.split('\n').length - 1

/** A store behind a proxy, with an empty generation; each bulk has ten rows. */
async function behindProxy(t: TestContext): Promise<{ place: SearchPlace; proxy: EngineProxy }> {
  const proxy = await engineProxy(t)
  const place = await placeFor(t, { searchUrl: proxy.url, searchBulkRows: 10 })
  await place.store.createGeneration(generation('g1'))
  return { place, proxy }
}

/** Decides about the first bulk, and counts all of them. */
function firstBulk(proxy: EngineProxy, fate: Fate): { count: number } {
  const bulks = { count: 0 }
  proxy.fateOf = (request) => (isBulk(request) && (bulks.count += 1) === 1 ? fate : PASSED)
  return bulks
}

/** Of two digits each: their rows are in the same order. */
const PERSONS = Array.from({ length: 25 }, (_, at) => 10 + at)
const creates = (): StoreWrite[] => PERSONS.map((person) => create(traineeRow(person)))
const BUSY: Answer = {
  status: 429,
  body: '{"error":{"type":"circuit_breaking_exception","reason":"too much"},"status":429}',
}

describe('what an engine that is too busy refuses is sent again, and nothing is lost', () => {
  test('a bulk that is refused as a whole', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const bulks = firstBulk(proxy, { kind: 'answered', answer: BUSY })
    await written(place.store, ...creates())
    assert.equal(bulks.count, 4)
    await place.store.makeVisible('g1')
    assert.deepEqual(await people(place.store, 'g1'), PERSONS)
  })

  test('single items of a bulk: they alone are sent again', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const sizes: number[] = []
    const refused = { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } }
    proxy.fateOf = (request) => {
      if (!isBulk(request)) return PASSED
      sizes.push(linesOf(request) / 2)
      if (sizes.length !== 1) return PASSED
      // The engine is given all rows but the first three, which it is made to look as if it had refused.
      const lines = request.body.split('\n')
      const rest = { ...request, body: lines.slice(6).join('\n') }
      return {
        kind: 'replaced',
        body: rest.body,
        change: ({ status, body }) => {
          const { items } = JSON.parse(body) as { items: object[] }
          return { status, body: JSON.stringify({ items: [...[1, 2, 3].map(() => ({ create: refused })), ...items] }) }
        },
      }
    }
    await written(place.store, ...creates().slice(0, 10))
    assert.deepEqual(sizes, [10, 3])
    await place.store.makeVisible('g1')
    assert.deepEqual(await people(place.store, 'g1'), PERSONS.slice(0, 10))
  })
})

describe('where a connection is cut', () => {
  test('before the engine has the bulk, it is sent again', async (t) => {
    const { place, proxy } = await behindProxy(t)
    firstBulk(proxy, { kind: 'lost' })
    await written(place.store, ...creates())
    await place.store.makeVisible('g1')
    assert.deepEqual(await people(place.store, 'g1'), PERSONS)
  })

  test('after the engine has carried it out, the rows are found to be there', async (t) => {
    const { place, proxy } = await behindProxy(t)
    firstBulk(proxy, { kind: 'unanswered' })
    const first = await place.store.write('g1', creates().slice(0, 10))
    assert.deepEqual(new Set(first.map(({ status }) => status)), new Set(['exists']))
    const { token } = await stored(place.store, 'tcs-11')
    firstBulk(proxy, { kind: 'unanswered' })
    // Nobody knows whether it was done: the token is spent, and the row is read again.
    assert.deepEqual(await place.store.write('g1', [replace(traineeRow(11, TWO), token)]), [{ status: 'conflict' }])
    assert.deepEqual((await stored(place.store, 'tcs-11')).row, traineeRow(11, TWO))
  })

  test('while a generation is made, it is made, and no other is taken for it', async (t) => {
    const { place, proxy } = await behindProxy(t)
    let times = 0
    proxy.fateOf = ({ method }) => (method === 'PUT' && (times += 1) === 1 ? { kind: 'unanswered' } : PASSED)
    await place.store.createGeneration(generation('g2'))
    await assert.rejects(place.store.createGeneration(generation('g2')), { code: 'GENERATION_EXISTS' })
  })

  test('in the middle of the documents, the reader is told and not given the half', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const many = Array.from({ length: 1_500 }, (_, person) => person)
    await filled(place.store, 'g2', ...many)
    proxy.fateOf = ({ method, path }) => (method === 'POST' && path.includes('/scroll') ? { kind: 'lost' } : PASSED)
    const reading = Array.fromAsync(place.store.documents('g2', 'masterdoctorindex', TODAY))
    await assert.rejects(reading, { code: 'STORE_FAILED', transient: true })
  })
})

test('a bulk that is too long for what stands before the engine is halved until it fits', async (t) => {
  const { place, proxy } = await behindProxy(t)
  proxy.fateOf = (request) =>
    isBulk(request) && linesOf(request) > 6 ? { kind: 'answered', answer: { status: 413, body: '{}' } } : PASSED
  await written(place.store, ...creates())
  proxy.fateOf = (request) => (isBulk(request) ? { kind: 'answered', answer: { status: 413, body: '{}' } } : PASSED)
  const [outcome] = await place.store.write('g1', [create(traineeRow(99))])
  assert.equal(outcome?.status, 'failed')
})

test('where the engine writes no more for lack of disk, the batch is refused as DISK_FULL', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const index = `/${place.settings.searchPrefix}reval-generation-g1-1`
  // What the engine itself sets when the disk passes its flood stage.
  await place.ask('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': true })
  await assert.rejects(place.store.write('g1', creates()), { code: 'DISK_FULL' })
  await place.ask('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': null })
  await written(place.store, ...creates())
})

describe('opening', () => {
  const open = (t: TestContext, differing: Partial<SearchSettings>) => {
    const opening = openSearchIndexStore({ settings: settingsOfItsOwn(differing) })
    t.after(async () => (await opening.catch(() => null))?.close())
    return opening
  }
  const fault = (code: string, words: RegExp, more: object = {}) => ({ code, message: words, ...more })

  test('tells that nobody answers, and the setting that says where', async (t) => {
    const words = /REVAL_SEARCH_URL.*127\.0\.0\.1:9/
    const unreachable = fault('SERVER_UNREACHABLE', words, { transient: true })
    await assert.rejects(open(t, { searchUrl: 'http://127.0.0.1:9' }), unreachable)
  })

  test('sends who we are; an engine that does not let us in is told as such, at once and later', async (t) => {
    const proxy = await engineProxy(t)
    const user = { searchUrl: proxy.url, searchUser: 'reval', searchPassword: 'p:ä' }
    const expected = `Basic ${Buffer.from('reval:p:ä').toString('base64')}`
    const refused: Fate = { kind: 'answered', answer: { status: 401, body: '{"error":"Unauthorized","status":401}' } }
    proxy.fateOf = ({ authorization }) => (authorization === expected ? PASSED : refused)
    const store = await open(t, user)
    await store.ping()
    const words = /REVAL_SEARCH_USER, REVAL_SEARCH_PASSWORD \(user reval\)/
    await assert.rejects(open(t, { ...user, searchPassword: 'wrong' }), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'SERVER_LOGIN_REFUSED')
      assert.match(error.message, words)
      assert.ok(!JSON.stringify([error.message, error]).includes('wrong'))
      return true
    })
    proxy.fateOf = () => refused
    await assert.rejects(store.generations(), { code: 'SERVER_LOGIN_REFUSED', transient: false })
  })

  for (const { version, tagline, suitable } of [
    { version: { number: '7.9.3' }, tagline: 'You Know, for Search', suitable: false },
    { version: { number: '7.10.2' }, tagline: 'You Know, for Search', suitable: true },
    { version: { number: '7.17.28' }, tagline: 'You Know, for Search', suitable: true },
    { version: { number: '8.1.0' }, tagline: 'You Know, for Search', suitable: false },
    { version: { number: '1.3.20', distribution: 'opensearch' }, tagline: 'OpenSearch', suitable: true },
    { version: { number: '3.8.0', distribution: 'opensearch' }, tagline: 'OpenSearch', suitable: true },
    { version: { number: '4.0' }, tagline: 'something else', suitable: false },
  ]) {
    test(`${suitable ? 'takes' : 'refuses'} what says it is ${tagline} ${version.number}`, async (t) => {
      const proxy = await engineProxy(t)
      const answer = { status: 200, body: JSON.stringify({ version, tagline }) }
      proxy.fateOf = ({ path }) => (path === '/' ? { kind: 'answered', answer } : PASSED)
      const opening = open(t, { searchUrl: proxy.url })
      if (suitable) await opening
      else await assert.rejects(opening, fault('SERVER_UNSUITABLE', /REVAL_SEARCH_URL/))
    })
  }

  test('over TLS: with the authority of the settings, and not without', async (t) => {
    const folder = process.env.STACK_DIR ?? join(import.meta.dirname, '../../../stack/.data')
    const pem = (name: string) => readFileSync(join(folder, 'tls', `${name}.pem`), 'utf8')
    const { hostname, port } = new URL(servers.search.url)
    const server = createServer({ cert: pem('cert'), key: pem('key') }, (client) => {
      const engine = connect(Number(port), hostname)
      client.pipe(engine).pipe(client)
      client.on('error', () => engine.destroy())
      engine.on('error', () => client.destroy())
    })
    // A client that does not trust us breaks off.
    server.on('tlsClientError', (_, client) => client.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const searchUrl = `https://localhost:${(server.address() as AddressInfo).port}`
    const store = await open(t, { searchUrl, searchCa: pem('ca') })
    await store.ping()
    const words = /REVAL_SEARCH_URL, REVAL_SEARCH_CA.*certificate/
    await assert.rejects(open(t, { searchUrl }), fault('SERVER_UNREACHABLE', words))
  })
})
