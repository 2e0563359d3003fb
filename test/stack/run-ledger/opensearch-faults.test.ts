import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { aliasOf } from '../../../src/adapters/run-ledger/opensearch/layout.ts'
import { openSearchRunLedger } from '../../../src/adapters/run-ledger/opensearch/run-ledger.ts'
import { changeRecord } from '../../../src/sync/lead/records.ts'
import { receipt } from '../../contract/run-ledger/samples.ts'
import { proxyBefore, type Fate } from './engine-proxy.ts'
import { ledgerFor, namesFor } from './own-ledger.ts'
import { ask, settingsOfItsOwn } from './search-place.ts'

const isSave = (line: string) => line.startsWith('PUT ') && line.includes('_doc')

for (const fate of ['lost', 'unanswered'] as const) {
  test(`a change whose save is ${fate} is made once`, async (t) => {
    const settings = namesFor(t)
    const proxy = await proxyBefore(t, settings)
    const [ledger, beside] = [await ledgerFor(t, proxy.settings), await ledgerFor(t, settings)]
    for (let count = 1; count <= 2; count += 1) {
      let saves = 0
      proxy.fateOf = (line): Fate => (isSave(line) && (saves += 1) === 1 ? fate : 'passed')
      const changed = await changeRecord(ledger, 'lease', 'counter', (known) => ({
        holder: 'a',
        until: (known?.until ?? 0) + 1,
      }))
      assert.equal(saves, 2)
      assert.equal(changed?.until, count)
      const stored = await beside.read('lease', 'counter')
      assert.equal(stored?.value.until, count)
      assert.deepEqual(await ledger.read('lease', 'counter'), stored)
    }
  })
}

test('a save that was overtaken while its answer was lost is a conflict, and nothing of the other is lost', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const [ledger, beside] = [await ledgerFor(t, proxy.settings), await ledgerFor(t, settings)]
  const overtaken = Promise.withResolvers<string>()
  let saves = 0
  proxy.fateOf = (line) => {
    if (!isSave(line) || (saves += 1) > 1) return 'passed'
    beside.save('lease', 'x', { holder: 'b', until: 2 }, 'new').then(overtaken.resolve, overtaken.reject)
    return 'lost'
  }
  const conflict = { code: 'LEDGER_CONFLICT' }
  await assert.rejects(ledger.save('lease', 'x', { holder: 'a', until: 1 }, 'new'), conflict)
  const revision = await overtaken.promise
  assert.deepEqual(await ledger.read('lease', 'x'), { value: { holder: 'b', until: 2 }, revision })
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
  const refused = assert.rejects(ledger.save('lease', 'x', { holder: 'a', until: 1 }, 'new'), { code: 'LEDGER_FAILED' })
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

test('receipts that the engine has no room for are sent again until it has', async (t) => {
  const settings = namesFor(t)
  const proxy = await proxyBefore(t, settings)
  const [ledger, beside] = [await ledgerFor(t, proxy.settings), await ledgerFor(t, settings)]
  // What a disk that is nearly full does to an index; it is answered with 429 for each item.
  const block = (isBlocked: true | null) =>
    ask(settings, {
      method: 'PUT',
      path: `/${aliasOf('receipts', settings)}/_settings`,
      body: { 'index.blocks.read_only_allow_delete': isBlocked },
      repeatable: true,
    })
  await block(true)
  const unblocked = Promise.withResolvers<unknown>()
  let bulks = 0
  proxy.fateOf = (line) => {
    if (line.includes('_bulk') && (bulks += 1) === 2) block(null).then(unblocked.resolve, unblocked.reject)
    return 'passed'
  }
  await ledger.addReceipts([receipt(1), receipt(2)])
  await unblocked.promise
  assert.ok(bulks >= 2)
  assert.equal((await beside.manifest('r1', 'trainees', 'a1')).messages, 2)
})

test('an engine that is not there is named by its setting', async () => {
  const settings = { ...settingsOfItsOwn(), searchUrl: 'http://127.0.0.1:9' }
  const unreachable = { code: 'SERVER_UNREACHABLE', transient: true, message: /REVAL_SEARCH_URL.*127\.0\.0\.1:9/ }
  await assert.rejects(openSearchRunLedger({ settings }), unreachable)
})

test('an engine that lets nobody in names the settings of user and password, and no secret', async (t) => {
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
