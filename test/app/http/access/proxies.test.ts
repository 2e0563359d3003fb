import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test } from 'node:test'
import { createHttpServer } from '../../../../src/app/http/server.ts'
import { createLog } from '../../../../src/app/log.ts'
import { readConfig } from '../../../../src/config/config.ts'
import { faultsOf } from '../../../config/faults-of.ts'
import { HttpInstallation, NO_SIGN_IN } from '../installation.ts'

const TOKEN = 'the token of an operator'
const FORWARDED = 'x-forwarded-for'

/** Sends a request with headers that `fetch` does not allow, and resolves with its status. */
function statusOf(http: HttpInstallation, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(http.server.address + path, { headers, timeout: 20_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', reject)
    sent.end()
  })
}

async function fromOf(http: HttpInstallation, forwarded: string): Promise<string | undefined> {
  const headers = { authorization: TOKEN, [FORWARDED]: forwarded, 'x-forwarded-host': 'evil.example' }
  const status = await statusOf(http, '/api/sync/explain/7000006', headers)
  assert.equal(status, 200)
  return (await http.worker.context.ledger.audit(1))[0]?.from
}

describe('the address of a caller', () => {
  test('is that of the connection, whatever the header says', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
    for (const forwarded of ['203.0.113.7', '127.0.0.1, 203.0.113.7', 'nonsense', '::1'])
      assert.equal(await fromOf(http, forwarded), 'HTTP 127.0.0.1')
  })

  test('is the last forwarded one that is not a trusted proxy', async (t) => {
    const settings = { REVAL_OPERATOR_TOKEN: TOKEN, REVAL_TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.9' }
    const http = await HttpInstallation.make(t, undefined, settings)
    for (const [forwarded, from] of [
      ['203.0.113.7', '203.0.113.7'],
      ['2001:db8::7', '2001:db8::7'],
      ['203.0.113.7, 10.0.0.9', '203.0.113.7'],
      // What the caller claimed itself, before the proxy added its address.
      ['127.0.0.1, 203.0.113.7', '203.0.113.7'],
      ['nonsense', '127.0.0.1'],
      ['203.0.113.7:4711', '127.0.0.1'],
      ['x'.repeat(2_000), '127.0.0.1'],
    ] as const) {
      assert.equal(await fromOf(http, forwarded), `HTTP ${from}`, forwarded)
    }
  })

  test('limits refused tokens behind a trusted proxy, and a forged one evades no limit', async (t) => {
    const settings = { REVAL_OPERATOR_TOKEN: TOKEN }
    const direct = await HttpInstallation.make(t, undefined, settings)
    const behind = await HttpInstallation.make(t, undefined, { ...settings, REVAL_TRUSTED_PROXIES: '127.0.0.1' })
    const wrong = (http: HttpInstallation, forwarded: string) =>
      statusOf(http, '/api/sync/runs', { authorization: 'wrong', [FORWARDED]: forwarded })
    for (let i = 0; i < 60; i += 1) {
      assert.equal(await wrong(direct, `203.0.113.${i}`), 401)
      assert.equal(await wrong(behind, '203.0.113.7'), 401)
    }
    assert.equal(await wrong(direct, '203.0.113.99'), 429)
    assert.equal(await wrong(behind, '203.0.113.7'), 429)
    assert.equal(await wrong(behind, '203.0.113.8'), 401)
  })
})

test('trusted proxies are addresses or networks, and need a sign-in', () => {
  const trusted = (REVAL_TRUSTED_PROXIES: string) =>
    readConfig({ REVAL_OPERATOR_TOKEN: TOKEN, REVAL_TRUSTED_PROXIES }).http.trustedProxies
  assert.deepEqual(trusted(''), [])
  assert.deepEqual(trusted('10.0.0.1,10.1.0.0/16 , fd00::/8'), ['10.0.0.1', '10.1.0.0/16', 'fd00::/8'])
  for (const wrong of [
    'yes',
    'proxy.internal',
    '10.0.0.0/0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '::/0',
    '::/129',
    '1.2.3',
  ]) {
    const [fault, ...rest] = faultsOf(() => trusted(wrong))
    assert.deepEqual([fault?.setting, rest], ['REVAL_TRUSTED_PROXIES', []], wrong)
  }
  const [fault] = faultsOf(() => readConfig({ REVAL_TRUSTED_PROXIES: '10.0.0.1' }))
  assert.match(fault?.reason ?? '', /set REVAL_OIDC_ISSUER or REVAL_OPERATOR_TOKEN/)
})

test('without a sign-in, programs on this machine are answered, and web pages are not', async (t) => {
  const http = await HttpInstallation.make(t)
  const { port } = new URL(http.server.address)
  const ask = (headers: Readonly<Record<string, string>>) => statusOf(http, '/api/sync/runs', headers)
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1:1', '[::1]:80', 'LOCALHOST'])
    assert.equal(await ask({ host }), 200, host)
  for (const host of ['reval.example', `evil.example:${port}`, '127.0.0.1.evil.example', '192.0.2.1', '0.0.0.0', '@@'])
    assert.equal(await ask({ host }), 403, host)
  assert.equal(await ask({ origin: 'http://localhost:4200', 'sec-fetch-site': 'same-site' }), 200)
  assert.equal(await ask({ origin: 'https://evil.example' }), 403)
  assert.equal(await ask({ origin: 'null' }), 403)
  assert.equal(await ask({ 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await ask({ [FORWARDED]: '203.0.113.7' }), 200)
  assert.equal(await statusOf(http, '/health/live', { host: 'reval.example' }), 200)
  assert.deepEqual(await http.worker.context.ledger.audit(10), [])

  const server = await createHttpServer(http.worker, createLog({ level: 'silent', format: 'json' }), NO_SIGN_IN)
  t.after(() => server.close())
  assert.equal((await server.inject('/api/sync/runs')).statusCode, 200)
})
