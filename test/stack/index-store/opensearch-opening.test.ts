import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { createServer } from 'node:tls'
import { openSearchIndexStore } from '../../../src/adapters/index-store/opensearch/open.ts'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import { certificate } from '../certificates.ts'
import { servers } from '../servers.ts'
import { engineProxy, PASSED, type Fate } from './engine-proxy.ts'
import { settingsOfItsOwn } from './search-place.ts'

describe('opening', () => {
  const open = (t: TestContext, differing: Partial<SearchSettings>) => {
    const opening = openSearchIndexStore({ settings: settingsOfItsOwn(differing) })
    t.after(async () => (await opening.catch(() => null))?.close())
    return opening
  }
  const fault = (code: string, words: RegExp, more: object = {}) => ({ code, message: words, ...more })

  test('reports an unreachable engine, with its setting', async (t) => {
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
    const { hostname, port } = new URL(servers.search.url)
    const server = createServer({ cert: certificate('cert.pem'), key: certificate('key.pem') }, (client) => {
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
    const store = await open(t, { searchUrl, searchCa: certificate('ca.pem') })
    await store.ping()
    const words = /REVAL_SEARCH_URL, REVAL_SEARCH_CA.*certificate/
    await assert.rejects(open(t, { searchUrl }), fault('SERVER_UNREACHABLE', words))
  })
})
