import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import { pino } from 'pino'
import { createHttpServer } from '../../../../src/app/http/server.ts'
import { HTTP_ROUTES } from '../../../../src/app/http/routes.ts'
import { RevalError } from '../../../../src/errors/reval-error.ts'
import { PROBLEM } from '../../../../src/app/json/problem.ts'
import { runToEnd, type Owner } from '../../job/workplace.ts'
import { altered } from '../../../faults/altered.ts'
import { HttpInstallation, NO_SIGN_IN } from '../installation.ts'
import { sendRaw, type RawAnswer } from '../raw-request.ts'
import { CLIENT, signingKey, TestProvider } from './provider.ts'

const KEY = signingKey('first')
const PEOPLE = {
  // Of the few sources, every doctor with a body has 1-1RUZUSF.
  london: { 'cognito:groups': ['RevalAdmin'], designatedBodies: '1-1RUZV1D' },
  sam: { 'cognito:groups': ['reval-support'] },
}
/** The numbers and names of the few sources' doctors. */
const DOCTORS = /70000\d\d|"few"/
const STACK = /node_modules|\bat .*\.[jt]s:\d|SQLITE|\bselect\b/i

/** A service with a provider and data, whose log is kept; `london` may see none of it. */
async function attacked(t: Owner) {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const http = await HttpInstallation.make(t, undefined, {
    REVAL_OIDC_ISSUER: provider.issuer,
    REVAL_OIDC_CLIENT_ID: CLIENT,
    REVAL_REQUESTS_PER_MINUTE: '100000',
  })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const server = await createHttpServer(http.worker, log, http.place.config.http)
  t.after(() => server.close())
  const address = await server.listen({ host: '127.0.0.1', port: 0, listenTextResolver: (text) => text })
  const [london, sam] = [await provider.signIn('london'), await provider.signIn('sam')]
  const send = (line: string, token: string | null, more: readonly string[] = [], body = '') => {
    const headers = [...(token === null ? [] : [`Authorization: ${token}`]), ...more]
    return sendRaw(address, [`${line} HTTP/1.1`, ...headers].join('\r\n'), body)
  }
  return { provider, http, send, london, sam, log: () => lines.join('') }
}

type Attacked = Awaited<ReturnType<typeof attacked>>

/** A token that says where the key is that it was signed with. */
async function signedWithOwn(issuer: string, how: 'jwk' | 'jku' | 'crit'): Promise<string> {
  const own = how === 'crit' ? KEY : signingKey(KEY.kid)
  const { kty = '', n = '', e = '' } = own.jwk
  const headers: Readonly<Record<typeof how, object>> = {
    jwk: { jwk: { kty, n, e } },
    jku: { jku: `${issuer}/sam` },
    crit: { crit: ['x'], x: 1 },
  }
  return new SignJWT({ sub: 'sam', client_id: CLIENT, token_use: 'access', 'cognito:groups': ['reval-support'] })
    .setIssuer(issuer)
    .setExpirationTime('1h')
    .setProtectedHeader({ alg: 'RS256', kid: KEY.kid, ...headers[how] })
    .sign(own.private, { crit: { x: true } })
}

/** A refusal is a problem that says nothing of the service or of any doctor. */
function assertRefused({ status, head, body }: RawAnswer, expected: readonly number[], what: string): void {
  assert.ok(expected.includes(status), `${what}: ${head} ${body}`)
  assert.doesNotMatch(body, STACK, what)
  assert.match(head, /content-type: application\/problem\+json/i, what)
  assert.equal(PROBLEM.parse(JSON.parse(body)).status, status, what)
}

describe('attacks', () => {
  const cleaning: (() => Promise<void>)[] = []
  let made: Attacked | null = null
  before(async () => {
    made = await attacked({ after: (clean) => cleaning.push(clean) })
  })
  after(async () => {
    for (const clean of cleaning.toReversed()) await clean()
  })
  const service = (): Attacked => made ?? assert.fail('not started')

  test('an invalid token opens no route, however it is sent', async () => {
    const { provider, send, sam, log } = service()
    const now = Math.floor(Date.now() / 1000)
    const [head = '', payload = ''] = sam.split('.')
    const tokens: Readonly<Record<string, string | null>> = {
      none: null,
      expired: await provider.forge(KEY, { exp: now - 60 }),
      'not yet valid': await provider.forge(KEY, { nbf: now + 600 }),
      'of another issuer': await provider.forge(KEY, { iss: 'https://login.example' }),
      'of another client': await provider.forge(KEY, { client_id: 'payroll' }),
      'without a signature': new UnsecuredJWT({ sub: 'sam', client_id: CLIENT, token_use: 'access' })
        .setIssuer(provider.issuer)
        .setExpirationTime('1h')
        .encode(),
      'with the signature cut off': `${head}.${payload}.`,
      'HS256 with the public key': await provider.forge(
        KEY,
        {},
        { alg: 'HS256', secret: createSecretKey(Buffer.from(KEY.publicPem)) },
      ),
      'with its own key': await signedWithOwn(provider.issuer, 'jwk'),
      'with the address of its own key': await signedWithOwn(provider.issuer, 'jku'),
      'with an extension that has to be known': await signedWithOwn(provider.issuer, 'crit'),
      'of an unknown key': await provider.forge(signingKey('unknown')),
      twice: `${sam}\r\nAuthorization: ${sam}`,
      'of two callers': `Bearer nonsense\r\nauthorization: ${sam}`,
      'with a comma': `${sam}, ${sam}`,
      'in Basic': `Basic ${Buffer.from(`sam:${sam}`).toString('base64')}`,
    }
    const lookUp = '/api/sync/explain/7000006'
    for (const [what, token] of Object.entries(tokens)) {
      for (const path of [lookUp, '/api/v1/doctors'])
        assertRefused(await send(`GET ${path}`, token), [401], `${what} at ${path}`)
    }
    const elsewhere: readonly (readonly [string, readonly string[]])[] = [
      [`${lookUp}?access_token=${sam}`, []],
      [`${lookUp}?token=${sam}&authorization=${sam}`, []],
      [lookUp, [`Cookie: token=${sam}; Authorization=${sam}`]],
      [
        lookUp,
        [`X-Authorization: ${sam}`, `Proxy-Authorization: ${sam}`, 'X-Forwarded-User: sam', 'X-Remote-User: sam'],
      ],
    ]
    for (const [path, headers] of elsewhere)
      assertRefused(await send(`GET ${path}`, null, headers), [401], `${headers.join()} ${path.slice(0, 60)}`)
    assert.equal((await send(`GET ${lookUp}`, sam)).status, 200)
    for (const secret of [sam, payload, '7000006', 'few', 'access_token'])
      assert.doesNotMatch(log(), new RegExp(secret))
  })

  test('roles of other systems, and many claims, give nothing', async () => {
    const { http, provider, send } = service()
    const claims = { sub: 'eve', 'cognito:groups': ['payroll-operator', 'reval-operators', 'RevalAdmin '] }
    for (const more of [
      {},
      { roles: ['reval-operator'], role: 'reval-operator', scope: 'reval-operator', groups: ['reval-operator'] },
      { 'cognito:groups': { 'reval-operator': true } },
      { 'cognito:groups': ['REVAL-OPERATOR', ['reval-operator'], null, 7] },
    ]) {
      const token = await provider.forge(KEY, { ...claims, ...more })
      for (const line of ['GET /api/v1/doctors', 'GET /api/sync/runs', 'POST /api/sync'])
        assertRefused(await send(line, token), [403], `${line} ${JSON.stringify(more)}`)
    }
    const token = await provider.forge(KEY, claims)
    let refused = 0
    while ((await send('POST /api/sync', token)).status === 403) refused += 1
    assert.ok(refused < 60)
    const entries = await http.worker.context.ledger.audit(100)
    assert.equal(entries.filter(({ who, result }) => who === 'eve' && result?.code === 'NOT_ALLOWED').length, 60)
    const large = await provider.forge(KEY, { 'cognito:groups': ['reval-support'], x: 'x'.repeat(8_000) })
    assert.equal((await send('GET /api/sync/runs', large)).status, 200)
    const tooLarge = await provider.forge(KEY, { ...claims, x: 'x'.repeat(16_000) })
    assertRefused(await send('GET /api/sync/runs', tooLarge), [431], 'too many claims')
  })

  test('no request shows doctors of other bodies, or more than its role', async () => {
    const { send, london, sam, log } = service()
    assert.match((await send('GET /api/v1/doctors', sam)).body, DOCTORS)
    const lists = [
      '/api/v1/doctors',
      '/api/connection/connected',
      '/api/connection/discrepancies',
      '/api/connections/connected',
    ]
    const other = '1-1RUZUSF'
    const queries = [
      '',
      `dbcs=${other}`,
      `dbcs=1-1RUZV1D,${other}`,
      `dbcs=1-1RUZV1D&dbcs=${other}`,
      `dbcs=${other}&dbcs=1-1RUZV1D`,
      `dbcs[]=${other}`,
      `DBCS=${other}`,
      `dbcs=%22${other}%22`,
      `dbcs=1%252D1RUZUSF`,
      `dbcs=${other}%00`,
      `dbcs=%E2%80%8B${other}`,
      `dbcs=null`,
      `dbcs=undefined`,
      `dbcs=*`,
      `dbcs=%25`,
      `dbcs=1-1RUZV1D'%20OR%20'1'='1`,
      `dbcs=1-1RUZV1D%22]}},{%22match_all%22:{}`,
      `tisDesignatedBodies=${other}`,
      `permitted=${other}&bodies=${other}&designatedBodies=${other}`,
      `__proto__[bodies]=${other}&constructor[prototype][bodies]=${other}`,
      `${'a&'.repeat(5_000)}dbcs=${other}`,
      'searchQuery=7000006',
      'searchQuery=few&pageNumber=0&format=csv',
      'sortColumn=designatedBody&sortOrder=desc',
    ]
    for (const list of lists) {
      for (const query of queries) {
        const answer = await send(`GET ${list}?${query}`, london, ['X-HTTP-Method-Override: POST', `X-Dbcs: ${other}`])
        const what = `${list}?${query.slice(0, 60)}`
        assert.ok([200, 400, 403].includes(answer.status), `${what}: ${answer.head} ${answer.body}`)
        assert.doesNotMatch(answer.body, DOCTORS, what)
        assert.doesNotMatch(answer.body, STACK, what)
      }
    }
    const paths = [
      '/api/v1/doctors/..%2f..%2f..%2fapi%2fsync%2faudit',
      '/api/v1/doctors/../../sync/audit',
      '/api/v1/../sync/audit',
      '/api/v1/doctors/%2e%2e/%2e%2e/sync/audit',
      '/api/v1/doctors%2f..%2fsync%2faudit',
      '/api%2fsync%2faudit',
      '//api/sync/audit',
      '/api//sync/audit',
      '/api/sync/audit/',
      '/API/SYNC/AUDIT',
      '/api/sync/./audit',
      '/api/sync/audit%00',
      '/api/sync/audit;x=1',
      '/api/sync/audit?access=everyone',
      '/api/v1/doctors%3f/../../sync/audit',
      '/docs/../api/sync/audit',
      '/docs/%2e%2e/api/sync/audit',
      '/docs/static/..%2f..%2f..%2fpackage.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
      '/docs/static/....//package.json',
      '/api/sync/runs/..%2f..%2faudit',
      '/api/sync/explain/..%2f7000006',
      'http://127.0.0.1/api/sync/audit',
      'http://evil.example/api/sync/audit',
    ]
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'QUERY', 'PROPFIND']) {
        const { status, body } = await send(`${method} ${path}`, london)
        assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status} ${body}`)
        assert.doesNotMatch(body, STACK)
        assert.doesNotMatch(body, /"entries"|"dependencies"/)
      }
    }
    assert.doesNotMatch(log(), /70000|few|dbcs|searchQuery|1-1RUZUSF/)
  })

  test('an invalid body is refused', async () => {
    const { provider, send, log } = service()
    const operator = await provider.forge(KEY)
    const json = 'Content-Type: application/json'
    const sized = (body: string) => `Content-Length: ${Buffer.byteLength(body)}`
    const bodies: readonly (readonly [string, readonly number[], readonly string[], string])[] = [
      ['form', [415], ['Content-Type: application/x-www-form-urlencoded'], 'why=7000006'],
      ['multipart', [415], ['Content-Type: multipart/form-data; boundary=x'], '--x\r\n\r\n7000006\r\n--x--'],
      ['text', [415], ['Content-Type: text/plain'], '{"why":"7000006"}'],
      ['XML', [415], ['Content-Type: application/xml'], '<why>7000006</why>'],
      ['no JSON', [400], [json], '{"why": 7000006'],
      ['an array', [400], [json], '["7000006"]'],
      ['a text', [400], [json], '"7000006"'],
      ['deep', [400], [json], '['.repeat(100_000)],
      ['deep and whole', [400], [json], `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
      ['a prototype', [400, 409], [json], '{"__proto__":{"why":"x"},"why":7000006}'],
      ['compressed', [400], [json, 'Content-Encoding: gzip'], '\u001f\u008b7000006'],
      ['another character set', [400], ['Content-Type: application/json; charset=utf-16'], '\u00007000006'],
      ['too large', [413], [json], `{"why":"${'7000006 '.repeat(200_000)}"}`],
    ]
    for (const [what, statuses, headers, body] of bodies) {
      const answer = await send('POST /api/sync/rollback', operator, [...headers, sized(body)], body)
      assertRefused(answer, statuses, what)
      assert.doesNotMatch(answer.body, /70000/, what)
    }
    const chunk = 'a'.repeat(1_100_000)
    const chunked = `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`
    const large = await send('POST /api/sync/rollback', operator, [json, 'Transfer-Encoding: chunked'], chunked)
    assertRefused(large, [413], 'too large, in chunks')
    const two = ['Content-Length: 2', 'Transfer-Encoding: chunked', json]
    assertRefused(await send('POST /api/sync/rollback', operator, two, '{}'), [400], 'two lengths')
    assertRefused(await send('GET /api/sync/runs', operator, [`X-Long: ${'x'.repeat(20_000)}`]), [431], 'a long header')
    assertRefused(await send('GET /api/sync/runs', operator, Array<string>(4_000).fill('X: 1')), [431], 'many headers')
    assertRefused(await send('GET /api/sync/runs', operator, ['X : 1']), [400], 'a space in the name of a header')
    assert.doesNotMatch(log(), /70000/)
  })

  test('no route answers odd input with an internal error', async () => {
    const { provider, send } = service()
    const operator = await provider.forge(KEY)
    const odd = [
      '%00',
      '%ff',
      '%F0%9F%98%80',
      '..%2f',
      '%7B%22a%22:1%7D',
      'x'.repeat(900),
      '-1',
      '1e9',
      '%20',
      '__proto__',
      'constructor',
    ]
    for (const route of Object.keys(HTTP_ROUTES).filter(
      (each) => each.startsWith('GET ') && each !== 'GET /api/sync',
    )) {
      const path = route.slice(4)
      const paths = path.includes(':')
        ? odd.map((text) => path.replaceAll(/:\w+/g, text))
        : odd
            .slice(0, 4)
            .map(
              (text) =>
                `${path}?limit=${text}&before=${text}&after=${text}&searchQuery=${text}&admin=${text}&seconds=${text}`,
            )
      for (const at of paths) {
        const { status, body } = await send(`GET ${at}`, operator)
        assert.ok(status < 500 || (status === 503 && path.startsWith('/health')), `${at}: ${status} ${body}`)
        assert.doesNotMatch(body, STACK)
      }
    }
  })
})

test('details that a driver attaches to its errors are not logged', async (t) => {
  const http = await HttpInstallation.make(t)
  const { ledger } = http.worker.context
  const cause = Object.assign(new Error('hughes'), { meta: { request: { params: { body: '{"prefix":"hughes"}' } } } })
  const failing = altered(ledger, {
    runs: () => () => Promise.reject(new RevalError('LEDGER_FAILED', 'the ledger is away', { cause })),
  })
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const worker = { ...http.worker, context: { ...http.worker.context, ledger: failing } }
  const server = await createHttpServer(worker, log, NO_SIGN_IN)
  t.after(() => server.close())
  assert.equal((await server.inject('/api/sync/runs')).statusCode, 503)
  const [line = '{}'] = lines.filter((each) => each.includes('request failed'))
  assert.doesNotMatch(line, /hughes/)
  assert.partialDeepStrictEqual(JSON.parse(line), { code: 'LEDGER_FAILED', origin: { name: 'Error' } })
  assert.match(line, /attacks\.test\.ts/)
})

test('a flood of unknown keys does not reach the provider, and known callers go on', async (t) => {
  const { provider, send, london } = await attacked(t)
  assert.equal((await send('GET /api/v1/doctors', london)).status, 200)
  const before = provider.keyReads
  const other = signingKey('x')
  const unknown = await Promise.all(Array.from({ length: 100 }, (_, i) => provider.forge({ ...other, kid: `k${i}` })))
  const answers = await Promise.all(
    unknown.flatMap((token) => [send('GET /api/v1/doctors', token), send('GET /api/v1/doctors', london)]),
  )
  assert.deepEqual(new Set(answers.filter((_, i) => i % 2 === 0).map(({ status }) => status)), new Set([401, 429]))
  assert.ok(answers.every(({ status }, i) => i % 2 === 0 || status === 200))
  assert.ok(provider.keyReads - before <= 1, `${provider.keyReads - before} reads`)
  provider.fail()
  assert.equal((await send('GET /api/v1/doctors', london)).status, 200)
})

test('a provider that is down at the start is a 503 until it is back', async (t) => {
  const { provider, http, london } = await attacked(t)
  provider.fail()
  let now = http.worker.context.clock.now()
  const clock = { ...http.worker.context.clock, now: () => now }
  const worker = { ...http.worker, context: { ...http.worker.context, clock } }
  const server = await createHttpServer(worker, pino({ level: 'silent' }), http.place.config.http)
  t.after(() => server.close())
  const ask = (authorization?: string) =>
    server.inject({ url: '/api/v1/doctors', ...(authorization !== undefined && { headers: { authorization } }) })
  const away = await ask(london)
  assert.equal(away.statusCode, 503)
  assert.equal(PROBLEM.parse(away.json()).code, 'SIGN_IN_UNAVAILABLE')
  assert.equal((await ask()).statusCode, 401)
  assert.equal((await server.inject('/health/live')).statusCode, 200)
  provider.rotateTo([KEY])
  now += 3_000
  assert.equal((await ask(london)).statusCode, 200)
})
