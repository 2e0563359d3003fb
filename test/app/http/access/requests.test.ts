import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PROBLEM } from '../../../../src/app/json/problem.ts'
import { HttpInstallation } from '../installation.ts'
import { sendRaw } from '../raw-request.ts'

const TOKEN = 'the token of an operator'
const READ = '/api/sync/runs'

describe('the operator token', () => {
  for (const form of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, TOKEN]) {
    test(`is accepted as "${form}"`, async (t) => {
      const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
      assert.equal((await http.post('/api/sync', undefined, form)).status, 202)
      const { requestedBy } = (await http.worker.context.ledger.runs(1))[0] ?? {}
      assert.equal(requestedBy, 'operator token, HTTP 127.0.0.1')
    })
  }

  test('is required if it is set, and wrong ones get one and the same answer', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
    const answers = new Set<string>()
    for (const wrong of [undefined, '', 'Bearer ', 'Bearer another token', TOKEN.slice(1), `Basic ${TOKEN}`]) {
      const answer = await http.get(READ, wrong)
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      answers.add(JSON.stringify(answer.body))
    }
    assert.equal(answers.size, 1)
    for (const path of ['/health/live', '/health/ready']) assert.equal((await http.get(path)).status, 200)
  })

  test('is not required if none is set', async (t) => {
    const http = await HttpInstallation.make(t)
    assert.equal((await http.post('/api/sync')).status, 202)
  })
})

describe('limits', () => {
  test('a caller who sends too many requests has to wait; others do not', async (t) => {
    const http = await HttpInstallation.make(t, undefined, {
      REVAL_OPERATOR_TOKEN: TOKEN,
      REVAL_REQUESTS_PER_MINUTE: '3',
    })
    for (let i = 0; i < 3; i += 1) assert.equal((await http.get(READ, TOKEN)).status, 200)
    const refused = await http.get(READ, TOKEN)
    assert.partialDeepStrictEqual(refused, { status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await http.get('/health/live')).status, 200)
  })

  test('refused tokens are limited by address, and do not keep a valid one out', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
    for (let i = 0; i < 60; i += 1) assert.equal((await http.get(READ, `wrong ${i}`)).status, 401)
    assert.equal((await http.get(READ, 'wrong')).status, 429)
    assert.equal((await http.get(READ, TOKEN)).status, 200)
  })
})

test('an answer has the headers of an API and names no software', async (t) => {
  const http = await HttpInstallation.make(t)
  for (const path of [READ, '/api/nothing', '/api/sync/runs?limit=0', '/health/live']) {
    const { headers } = await http.get(path)
    assert.equal(headers.get('cache-control'), 'no-store', path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'")
    assert.equal(headers.get('x-powered-by'), null)
    assert.equal(headers.get('server'), null)
  }
})

test('a request that is not valid is a problem, never an internal error', async (t) => {
  const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
  const auth = `\r\nAuthorization: ${TOKEN}`
  const long = 'x'.repeat(1_500)
  const requests: Readonly<Record<string, string>> = {
    '%00 in a path': `GET /api/sync/runs/%00 HTTP/1.1${auth}`,
    '%00 in a key': `GET /api/sync/failures/trainees/%00 HTTP/1.1${auth}`,
    '%00 in a query': `GET /api/sync/compare?after=%00 HTTP/1.1${auth}`,
    'a query that is not UTF-8': `GET /api/sync/compare?after=%ff%fe HTTP/1.1${auth}`,
    'a broken escape': `GET /api/sync/runs/%zz HTTP/1.1${auth}`,
    'a path with ..': `GET /api/sync/runs/../../../etc/passwd HTTP/1.1${auth}`,
    'a path with encoded ..': `GET /api/sync/runs/..%2f..%2fetc%2fpasswd HTTP/1.1${auth}`,
    'a long parameter': `GET /api/sync/runs/${long} HTTP/1.1${auth}`,
    'a parameter many times': `GET /api/sync/runs?${'limit=1&'.repeat(1_900)} HTTP/1.1${auth}`,
    '10,000 parameters': `GET /api/sync/runs?${'a&'.repeat(10_000)} HTTP/1.1${auth}`,
    'a prototype': `GET /api/sync/compare?__proto__[x]=1 HTTP/1.1${auth}`,
    'a method that no route has': `BREW /api/sync HTTP/1.1${auth}`,
    'a known method': `DELETE /api/sync HTTP/1.1${auth}`,
    'another version': `GET / HTTP/9.9`,
    'no HTTP': 'hello',
    '8 kB of claims': `GET ${READ} HTTP/1.1\r\nAuthorization: a.${'x'.repeat(11_000)}.b`,
    '20 kB of claims': `GET ${READ} HTTP/1.1\r\nAuthorization: a.${'x'.repeat(20_000)}.b`,
    'a body that is too large': `POST /api/sync/resync HTTP/1.1${auth}\r\nContent-Type: application/json\r\nContent-Length: 9000000`,
  }
  for (const [what, head] of Object.entries(requests)) {
    const answer = await sendRaw(http.server.address, head)
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.head} ${answer.body}`)
    assert.match(answer.head, /content-type: application\/problem\+json/i, what)
    assert.equal(PROBLEM.parse(JSON.parse(answer.body)).status, answer.status, what)
    assert.doesNotMatch(answer.body, /node_modules|at .*\.ts:\d/, what)
  }
})

test('an internal error is not described', async (t) => {
  const http = await HttpInstallation.make(t, (backends) => ({
    ...backends,
    ledger: { ...backends.ledger, runs: () => Promise.reject(new TypeError('Dr Smith is undefined')) },
  }))
  const { status, body } = await http.get(READ)
  assert.equal(status, 500)
  assert.equal(PROBLEM.parse(body).detail, 'internal error')
  assert.doesNotMatch(JSON.stringify(body), /Smith/)
})
