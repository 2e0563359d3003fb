import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { listen } from '../../../src/app/http/server.ts'
import { PROBLEM } from '../../../src/app/json/problem.ts'
import { createLog } from '../../../src/app/log.ts'
import { CONNECTIONS_PAGE, DOCTORS_PAGE, TRAINEES_PAGE } from '../../../src/app/lists/answers.ts'
import { CLIENT, signingKey, TestProvider } from '../../app/http/access/provider.ts'
import { runToEnd, Workplace, type Owner } from '../../app/job/workplace.ts'
import { NORTH_EAST, RECORDED_REQUESTS, WESSEX } from '../../app/lists/recorded-requests.ts'
import { engineProxy, PASSED, type EngineProxy, type Fate } from '../index-store/engine-proxy.ts'
import { Installation } from '../job/installation.ts'
import type { RevalProcess } from '../job/process.ts'
import { ask, asked, assertUnavailable, totalOf } from './asking.ts'

const PEOPLE = {
  wessex: { 'cognito:groups': ['RevalAdmin'], designatedBodies: [WESSEX] },
  bodiless: { 'cognito:groups': ['RevalAdmin'] },
  support: { 'cognito:groups': ['reval-support'] },
  stranger: { 'cognito:groups': ['Chef'] },
}
type Person = keyof typeof PEOPLE

/** Each service a process of its own, with a sign-in; recommendation and connection behind a proxy before the engine. */
interface Apart {
  readonly recommendation: RevalProcess
  readonly gateway: string
  /** A gateway, standing by as the writer, that waits a second for a service. */
  readonly impatient: string
  readonly services: { readonly recommendation: string; readonly connection: string }
  readonly proxy: EngineProxy
  readonly tokens: Readonly<Record<Person, string>>
  readonly run: { readonly id: string; readonly day: string }
  /** The same sources in one process, on embedded backends, without a sign-in. */
  readonly embedded: string
}

async function startApart(t: Owner): Promise<Apart> {
  const provider = await TestProvider.start(t, signingKey('first'), PEOPLE)
  const proxy = await engineProxy({
    after: (close) =>
      t.after(async () => {
        close()
      }),
  })
  const place = await Installation.make(t, {
    REVAL_OIDC_ISSUER: provider.issuer,
    REVAL_OIDC_CLIENT_ID: CLIENT,
    REVAL_REQUESTS_PER_MINUTE: '0',
  })
  await place.loadSample()
  const [recommendation, connection] = await Promise.all([
    place.start('recommendation', { REVAL_SEARCH_URL: proxy.url }),
    place.start('connection', { REVAL_SEARCH_URL: proxy.url }),
    place.start('tcs'),
  ])
  const services = { recommendation: await recommendation.address(), connection: await connection.address() }
  const urls = { REVAL_RECOMMENDATION_URL: services.recommendation, REVAL_CONNECTION_URL: services.connection }
  const patient = await place.start('integration', { ...urls, REVAL_LIST_SERVICE_TIMEOUT_SECONDS: '60' })
  const impatient = await place.start('integration', { ...urls, REVAL_LIST_SERVICE_TIMEOUT_SECONDS: '1' })
  const [run, embedded, ...tokens] = await Promise.all([
    place.sync(),
    startEmbedded(t),
    ...Object.keys(PEOPLE).map(async (person) => [person, await provider.signIn(person)] as const),
  ])
  return {
    recommendation,
    gateway: await patient.address(),
    impatient: await impatient.address(),
    services,
    proxy,
    tokens: Object.fromEntries(tokens) as Record<Person, string>,
    run,
    embedded,
  }
}

async function startEmbedded(t: Owner): Promise<string> {
  const place = await Workplace.make(t, { REVAL_PORT: '0' })
  await place.loadSample()
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  const server = await listen(worker, createLog({ level: 'silent', format: 'json' }), place.config.http)
  t.after(() => server.stop())
  return server.address
}

/** Under which path a service serves what the gateway is asked for; null for what the gateway answers itself. */
function servedBy(path: string): readonly [service: 'recommendation' | 'connection', path: string] | null {
  if (path.startsWith('/api/v1/doctors')) return ['recommendation', path]
  if (!path.startsWith('/api/connection') || /hidden|exceptionLog/.test(path)) return null
  return ['connection', path.replace('/api/connection', '/api/connections')]
}

const DOCTORS = '/api/v1/doctors'
const CONNECTED = '/api/connection/connected'
const LISTS = [DOCTORS, `${DOCTORS}/autocomplete?fieldName=admin`, CONNECTED, `${CONNECTED}?format=csv`] as const
const ABOUT_DATA = ['reval-run', 'reval-data-day', 'reval-live-since', 'reval-unknown-bodies'] as const

describe('lists of four services, each a process of its own', () => {
  const cleaning: (() => Promise<void>)[] = []
  let started: Apart | null = null
  before(async () => {
    started = await startApart({ after: (clean) => cleaning.push(clean) })
  })
  after(async () => {
    for (const clean of cleaning.toReversed()) await clean()
  })
  const apart = (): Apart => {
    assert.ok(started !== null)
    return started
  }

  test('the recorded requests of both clients: answered by the gateway as in one embedded process, field by field', async () => {
    const { gateway, embedded, services, tokens, run } = apart()
    for (const { path, finds } of RECORDED_REQUESTS) {
      const answer = await ask(gateway, path, tokens.support)
      assert.equal(answer.status, 200, `${path}: ${answer.text}`)
      const expected = await ask(embedded, path)
      // As text, so that the order of fields is compared, too.
      assert.equal(answer.text, expected.text, path)
      assert.equal(/\[[{"]/.test(answer.text), finds, `${path}: ${answer.text}`)
      const served = servedBy(path)
      if (served === null) continue
      const [service, own] = served
      const direct = await ask(services[service], own, tokens.support)
      assert.equal(direct.text.replace('"traineeInfo":', '"recommendationInfo":'), answer.text, own)
      for (const name of ABOUT_DATA)
        assert.equal(answer.headers.get(name), direct.headers.get(name), `${path}: ${name}`)
      assert.equal(answer.headers.get('reval-run'), run.id)
      assert.equal(answer.headers.get('reval-data-day'), run.day)
      assert.match(answer.headers.get('reval-live-since') ?? '', /^\d{4}-\d{2}-\d{2}T.*Z$/)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
  })

  test('bodies that do not exist are named through the gateway', async () => {
    const { gateway, tokens } = apart()
    for (const path of [DOCTORS, CONNECTED]) {
      const { status, headers } = await ask(gateway, `${path}?dbcs=${WESSEX},gone`, tokens.support)
      assert.deepEqual([status, headers.get('reval-unknown-bodies')], [200, 'gone'])
    }
  })

  test('a whole list as CSV comes through the gateway', async () => {
    const { gateway, embedded, tokens } = apart()
    for (const path of [DOCTORS, CONNECTED, '/api/connection', '/api/connection/exception']) {
      const total = await totalOf(gateway, path, tokens.support)
      const csv = await ask(gateway, `${path}?format=csv`, tokens.support)
      assert.equal(csv.status, 200, csv.text)
      assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
      assert.match(csv.headers.get('content-disposition') ?? '', /^attachment; filename="\w+\.csv"$/)
      assert.notEqual(csv.headers.get('reval-run'), null)
      assert.equal(csv.text.split('\r\n').length, total + 2)
      assert.equal(csv.text, (await ask(embedded, `${path}?format=csv`)).text)
    }
  })

  test('each service serves only its own paths', async () => {
    const { services, gateway, tokens } = apart()
    for (const [address, path] of [
      [services.recommendation, CONNECTED],
      [services.recommendation, '/api/connections/connected'],
      [services.recommendation, '/api/reference/dbcs'],
      [services.connection, DOCTORS],
      [services.connection, CONNECTED],
      [gateway, '/api/connections/connected'],
    ] as const) {
      assert.equal((await ask(address, path, tokens.support)).status, 404, path)
    }
    TRAINEES_PAGE.parse(await asked(services.recommendation, DOCTORS, tokens.support))
    CONNECTIONS_PAGE.parse(await asked(services.connection, '/api/connections', tokens.support))
  })

  test('roles and bodies are checked by the gateway, and by each service for those who ask it directly', async () => {
    const { gateway, services, tokens } = apart()
    const places = [
      [gateway, DOCTORS],
      [gateway, CONNECTED],
      [services.recommendation, DOCTORS],
      [services.connection, '/api/connections/connected'],
    ] as const
    const problem = async (address: string, path: string, token?: string) => {
      const { status, text } = await ask(address, path, token)
      return [status, PROBLEM.parse(JSON.parse(text)).code]
    }
    for (const [address, path] of places) {
      const what = `${address}${path}`
      assert.deepEqual(await problem(address, path), [401, 'NOT_SIGNED_IN'], what)
      assert.deepEqual(await problem(address, path, 'not.a.token'), [401, 'NOT_SIGNED_IN'], what)
      assert.deepEqual(await problem(address, path, tokens.stranger), [403, 'NOT_ALLOWED'], what)
      for (const query of [`?dbcs=${NORTH_EAST}`, `?dbcs=${WESSEX},${NORTH_EAST}`, `?dbcs=${NORTH_EAST}&format=csv`])
        assert.deepEqual(await problem(address, path + query, tokens.wessex), [403, 'BODY_FORBIDDEN'], what + query)
      assert.equal(await totalOf(address, path, tokens.bodiless), 0, what)
      const own = await totalOf(address, path, tokens.wessex)
      assert.ok(own > 0 && own < (await totalOf(address, path, tokens.support)), what)
      assert.equal(await totalOf(address, `${path}?dbcs=${WESSEX}`, tokens.support), own, what)
    }
    const { recommendationInfo } = DOCTORS_PAGE.parse(await asked(gateway, DOCTORS, tokens.wessex))
    assert.ok(recommendationInfo.every(({ designatedBody }) => designatedBody === WESSEX))
    const { text } = await ask(gateway, `${CONNECTED}?format=csv`, `Bearer ${tokens.wessex}`)
    assert.equal(text.split('\r\n').length - 2, await totalOf(gateway, CONNECTED, tokens.wessex))
  })

  test('when the engine answers partly, late, with a red index or not at all, each list is unavailable, never shorter', async () => {
    const { gateway, impatient, services, proxy, tokens } = apart()
    const assertNoList = async () => {
      for (const path of LISTS) {
        const detail = assertUnavailable(await ask(gateway, path, tokens.support), 'LIST_SERVICE_FAILED')
        assert.match(detail, /answered with status 503/)
      }
      for (const path of [DOCTORS, `${DOCTORS}?format=csv`])
        assertUnavailable(await ask(services.recommendation, path, tokens.support), 'STORE_FAILED')
    }
    try {
      for (const fate of Object.values(FATES)) {
        proxy.fateOf = ({ path }) => (isSearch(path) ? fate : PASSED)
        await assertNoList()
      }
      const gate = Promise.withResolvers<undefined>()
      proxy.fateOf = ({ path }) => (isSearch(path) ? { kind: 'delayed', until: gate.promise } : PASSED)
      const late = await Promise.all(LISTS.map((path) => ask(impatient, path, tokens.support)))
      for (const answer of late)
        assert.match(assertUnavailable(answer, 'LIST_SERVICE_FAILED'), /no answer within 1000 ms/)
      gate.resolve(undefined)
      proxy.fateOf = () => ({ kind: 'lost' })
      for (const path of LISTS) assertUnavailable(await ask(gateway, path, tokens.support), 'LIST_SERVICE_FAILED')
      // Which generation is live is in the ledger.
      assertUnavailable(await ask(services.recommendation, DOCTORS, tokens.support), 'LEDGER_FAILED')
    } finally {
      proxy.fateOf = () => PASSED
    }
    for (const path of LISTS) assert.equal((await ask(gateway, path, tokens.support)).status, 200, path)
  })

  test('a service that is slow, and then dead, is unavailable within the time; the other one is not', async () => {
    const { recommendation, gateway, impatient, tokens } = apart()
    const ofRecommendation = [DOCTORS, `${DOCTORS}?format=csv`, `${DOCTORS}/autocomplete?fieldName=admin`]
    recommendation.kill('SIGSTOP')
    const late = await Promise.all(ofRecommendation.map((path) => ask(impatient, path, tokens.support)))
    for (const answer of late)
      assert.match(assertUnavailable(answer, 'LIST_SERVICE_FAILED'), /no answer within 1000 ms/)
    assert.ok((await totalOf(gateway, CONNECTED, tokens.support)) > 0)
    recommendation.kill('SIGCONT')
    assert.ok((await totalOf(gateway, DOCTORS, tokens.support)) > 0)
    recommendation.kill('SIGKILL')
    await recommendation.end()
    for (const path of ofRecommendation) {
      const detail = assertUnavailable(await ask(gateway, path, tokens.support), 'LIST_SERVICE_FAILED')
      assert.match(detail, /recommendation: cannot be reached/)
    }
    assert.ok((await totalOf(gateway, CONNECTED, tokens.support)) > 0)
  })
})

/** Also the next page of a scroll. */
const isSearch = (path: string) => path.includes('/_search')

const PART = { hits: { total: { value: 1, relation: 'eq' }, hits: [] }, aggregations: {} }
const answered = (status: number, body: object): Fate => ({
  kind: 'answered',
  answer: { status, body: JSON.stringify(body) },
})

const FATES: Readonly<Record<string, Fate>> = {
  timedOut: answered(200, { took: 5_000, timed_out: true, _shards: { total: 1, successful: 1, failed: 0 }, ...PART }),
  withoutAShard: answered(200, { took: 1, timed_out: false, _shards: { total: 2, successful: 1, failed: 1 }, ...PART }),
  // As OpenSearch 3 and Elasticsearch 7.17 answer for an index without its primary shard.
  red: answered(503, {
    error: {
      root_cause: [],
      type: 'search_phase_execution_exception',
      reason: '',
      phase: 'query',
      grouped: true,
      failed_shards: [],
      caused_by: {
        type: 'search_phase_execution_exception',
        reason: 'Search rejected due to missing shards [[g1][0]].',
        phase: 'query',
        grouped: true,
        failed_shards: [],
      },
    },
    status: 503,
  }),
  overloaded: answered(429, { error: { type: 'circuit_breaking_exception', reason: 'Data too large' }, status: 429 }),
}
