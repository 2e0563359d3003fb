import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { aliasOf } from '../../../src/adapters/run-ledger/opensearch/schema.ts'
import { openSearchRunLedger } from '../../../src/adapters/run-ledger/opensearch/open.ts'
import { failure, lease } from '../../contract/run-ledger/samples.ts'
import { certificate } from '../certificates.ts'
import { proxyBefore, type Fate } from './engine-proxy.ts'
import { ledgerFor, namesFor } from './own-ledger.ts'
import { ask, settingsOfItsOwn } from './search-place.ts'

const isSave = (line: string) => line.startsWith('PUT ') && line.includes('_doc')

for (const fate of ['lost', 'unanswered'] as const) {
  test(`a save that is ${fate} is sent again, carried out once, and asks its guard each time`, async (t) => {
    const settings = namesFor(t)
    const proxy = await proxyBefore(t, settings)
    const [ledger, beside] = [await ledgerFor(t, proxy.settings), await ledgerFor(t, settings)]
    let revision = 'new'
    for (let count = 1; count <= 2; count += 1) {
      let saves = 0
      let asked = 0
      proxy.fateOf = (line): Fate => (isSave(line) && (saves += 1) === 1 ? fate : 'passed')
      revision = await ledger.save('lease', 'counter', lease('a', count), revision, () => {
        asked += 1
      })
      assert.deepEqual([saves, asked], [2, 2])
      assert.deepEqual(await beside.read('lease', 'counter'), { value: lease('a', count), revision })
    }
  })
}

test('a guard that throws after the answer was lost keeps the save from being sent again', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const ledger = await ledgerFor(t, proxy.settings)
  let saves = 0
  proxy.fateOf = (line) => {
    if (!isSave(line)) return 'passed'
    saves += 1
    return 'lost'
  }
  const overtaken = new Error('overtaken')
  const guard = () => {
    if (saves > 0) throw overtaken
  }
  await assert.rejects(ledger.save('lease', 'x', lease('a', 1), 'new', guard), overtaken)
  assert.equal(saves, 1)
})

test('whatever else it is asked, it asks the engine once, and says that it may go better later', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const ledger = await ledgerFor(t, proxy.settings)
  let requests = 0
  proxy.fateOf = () => {
    requests += 1
    return 'lost'
  }
  const uses: Readonly<Record<string, () => Promise<unknown>>> = {
    read: () => ledger.read('run', 'r1'),
    runs: () => ledger.runs(1),
    addFailures: () => ledger.addFailures([failure('a')]),
    failures: () => ledger.failures('g1', 1),
    tidy: () => ledger.tidy('r1'),
    serverTime: () => ledger.serverTime(),
  }
  for (const [name, use] of Object.entries(uses)) {
    await t.test(name, async () => {
      requests = 0
      await assert.rejects(use(), { code: 'LEDGER_FAILED', transient: true })
      assert.equal(requests, 1)
    })
  }
})

test('a save that was overtaken while its answer was lost is a conflict, and nothing of the other is lost', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const [ledger, beside] = [await ledgerFor(t, proxy.settings), await ledgerFor(t, settings)]
  const overtaken = Promise.withResolvers<string>()
  let saves = 0
  proxy.fateOf = (line) => {
    if (!isSave(line) || (saves += 1) > 1) return 'passed'
    beside.save('lease', 'x', lease('b', 2), 'new').then(overtaken.resolve, overtaken.reject)
    return { lostAfter: overtaken.promise }
  }
  const conflict = { code: 'LEDGER_CONFLICT' }
  await assert.rejects(ledger.save('lease', 'x', lease('a', 1), 'new'), conflict)
  const revision = await overtaken.promise
  assert.deepEqual(await ledger.read('lease', 'x'), { value: lease('b', 2), revision })
})

test('a save that cannot get through ends with the ledger', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const ledger = await ledgerFor(t, proxy.settings)
  const tried = Promise.withResolvers<undefined>()
  proxy.fateOf = () => {
    tried.resolve(undefined)
    return 'lost'
  }
  const refused = assert.rejects(ledger.save('lease', 'x', lease('a', 1), 'new'), { code: 'LEDGER_FAILED' })
  await tried.promise
  await ledger.close()
  await refused
})

test('a ping says at once that the engine is away, and that it is back', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const ledger = await ledgerFor(t, proxy.settings)
  let requests = 0
  proxy.fateOf = () => ((requests += 1) > 0 ? 'lost' : 'passed')
  await assert.rejects(ledger.ping(), { code: 'LEDGER_FAILED', transient: true })
  assert.equal(requests, 1)
  proxy.fateOf = () => 'passed'
  await ledger.ping()
})

test('failures that a full disk refuses are a transient error', async (t) => {
  const settings = namesFor(t)
  const ledger = await ledgerFor(t, settings)
  // What a disk that is nearly full does to an index; it is answered with 429 for each item.
  const block = (isBlocked: true | null) =>
    ask(settings, {
      method: 'PUT',
      path: `/${aliasOf('failures', settings)}/_settings`,
      body: { 'index.blocks.read_only_allow_delete': isBlocked },
      kind: 'large',
    })
  await block(true)
  await assert.rejects(ledger.addFailures([failure('a')]), { code: 'LEDGER_FAILED', transient: true })
  await block(null)
  await ledger.addFailures([failure('a')])
  assert.equal(await ledger.countFailures('g1'), 1)
})

test('an engine that is not there is named by its setting', async () => {
  const settings = { ...settingsOfItsOwn(), searchUrl: 'http://127.0.0.1:9' }
  const unreachable = { code: 'SERVER_UNREACHABLE', transient: true, message: /REVAL_SEARCH_URL.*127\.0\.0\.1:9/ }
  await assert.rejects(openSearchRunLedger({ settings }), unreachable)
})

test('a refused login names the settings of user and password, and no secret', async (t) => {
  // The engine of the stack has no login, as a gate before it has.
  const gate = createServer((_, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"Unauthorized"}')
  })
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  t.after(() => gate.close())
  const searchUrl = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`
  const settings = { ...settingsOfItsOwn(), searchUrl, searchUser: 'me', searchPassword: 'sesame' }
  await assert.rejects(openSearchRunLedger({ settings }), (error: Error & { code: string }) => {
    assert.equal(error.code, 'SERVER_LOGIN_REFUSED')
    assert.match(error.message, /REVAL_SEARCH_USER, REVAL_SEARCH_PASSWORD/)
    assert.ok(!error.message.includes('sesame'))
    return true
  })
})

test('what is not a supported engine is refused before anything is made in it', async (t) => {
  const requests: string[] = []
  const strange = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
    const version = { number: '8.1.0' }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ version, tagline: 'You Know, for Search' }))
  })
  strange.listen(0, '127.0.0.1')
  await once(strange, 'listening')
  t.after(() => strange.close())
  const searchUrl = `http://127.0.0.1:${(strange.address() as AddressInfo).port}`
  const unsuitable = { code: 'SERVER_UNSUITABLE', message: /REVAL_SEARCH_URL: elasticsearch 8\.1\.0/ }
  await assert.rejects(openSearchRunLedger({ settings: { ...settingsOfItsOwn(), searchUrl } }), unsuitable)
  assert.deepEqual(requests, ['GET /'])
})

test('a certificate that is not trusted is named by its setting, and is not waited for', async (t) => {
  const server = createTlsServer({ cert: certificate('cert.pem'), key: certificate('key.pem') })
  server.on('tlsClientError', (_, client) => client.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const searchUrl = `https://localhost:${(server.address() as AddressInfo).port}`
  const untrusted = { code: 'SERVER_UNREACHABLE', transient: false, message: /REVAL_SEARCH_CA.*certificate/ }
  await assert.rejects(openSearchRunLedger({ settings: { ...settingsOfItsOwn(), searchUrl } }), untrusted)
})
