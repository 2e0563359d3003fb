import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { HTTP_ROUTES } from '../../../../src/app/http/routes.ts'
import { AUDIT } from '../../../../src/app/json/audit.ts'
import { at, reval } from '../../../cli/reval.ts'
import { until } from '../../job/workplace.ts'
import { HttpInstallation } from '../installation.ts'
import { CLIENT, signingKey, TestProvider } from './provider.ts'

const MACHINE = 'the token of a scheduler'
const PEOPLE = {
  ada: { 'cognito:groups': ['RevalAdmin'], designatedBodies: '1-1RUZUSF' },
  sam: { 'cognito:groups': ['reval-support'] },
  ola: { 'cognito:groups': ['reval-operator'] },
}
type Person = keyof typeof PEOPLE | 'machine' | 'stranger'

/** Where each of them sits, behind the load balancer. */
const AT: Readonly<Record<Person, string>> = {
  ada: '203.0.113.1',
  sam: '203.0.113.2',
  ola: '203.0.113.3',
  machine: '203.0.113.4',
  stranger: '203.0.113.5',
}
const ROLES: Readonly<Record<Person, readonly string[]>> = {
  ada: ['admin'],
  sam: ['support'],
  ola: ['operator'],
  machine: ['operator'],
  stranger: [],
}

/** An entry as it is expected, without its times and its id. */
interface Expected {
  readonly who: Person
  readonly what: string
  readonly subject?: string
  readonly why?: string
  readonly outcome?: 'done' | 'refused'
  readonly code?: string
  readonly rows?: number
}

test("the audit of a day's work says who did what to what, when, why, from where and with which result", async (t) => {
  const provider = await TestProvider.start(t, signingKey('first'), PEOPLE)
  const http = await HttpInstallation.make(t, undefined, {
    REVAL_OPERATOR_TOKEN: MACHINE,
    REVAL_OIDC_ISSUER: provider.issuer,
    REVAL_OIDC_CLIENT_ID: CLIENT,
    REVAL_TRUSTED_PROXIES: '127.0.0.1',
  })
  const { ledger } = http.worker.context
  const tokens = new Map<Person, string>([
    ['machine', MACHINE],
    ['stranger', 'nonsense'],
  ])
  for (const person of ['ada', 'sam', 'ola'] as const) tokens.set(person, await provider.signIn(person))

  /** The status of an answer that is read to its end; whatever it did is on record once the entry has a result. */
  const as = async (person: Person, method: string, path: string, body?: object): Promise<[number, string]> => {
    const headers = { authorization: tokens.get(person) ?? '', 'x-forwarded-for': AT[person] }
    const answer = await fetch(http.server.address + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await answer.text()
    await until(async () => (await ledger.audit(100)).every(({ result }) => result !== null))
    return [answer.status, text]
  }
  const started = async (text: string): Promise<string> => {
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(text))
    await until(async () => (await ledger.read('run', id))?.value.finishedAt != null)
    return id
  }
  const statusOf = async (...asked: Parameters<typeof as>) => (await as(...asked))[0]
  const before = Date.now()

  await started((await as('machine', 'POST', '/api/sync'))[1])
  assert.equal(await statusOf('ada', 'GET', '/api/v1/doctors?pageNumber=0'), 200)
  assert.equal(await statusOf('ada', 'GET', '/api/v1/doctors?searchQuery=7000006'), 200)
  const [, csv] = await as('ada', 'GET', '/api/v1/doctors?format=csv&dbcs=1-1RUZUSF')
  assert.equal(await statusOf('ada', 'GET', '/api/connection/connected?dbcs=1-1RUZV1D&searchQuery=hughes'), 403)
  assert.equal(await statusOf('ada', 'GET', '/api/sync/explain/7000006'), 403)
  assert.equal(await statusOf('sam', 'GET', '/api/sync/explain/7000006'), 200)
  assert.equal(await statusOf('sam', 'POST', '/api/sync/rollback', { why: 'to see' }), 403)
  const [accepted, run] = await as('ola', 'POST', '/api/sync', { preview: true })
  assert.equal(accepted, 202)
  const preview = await started(run)
  const why = 'the figures are right'
  assert.equal(await statusOf('ola', 'POST', `/api/sync/runs/${preview}/promote`, { why }), 200)
  assert.equal(await statusOf('ola', 'POST', `/api/sync/runs/${preview}/discard`, { why: 'a slip' }), 409)
  assert.equal(await statusOf('ola', 'POST', '/api/sync/resync', { keys: ['6'], why: 'they called' }), 200)
  assert.equal(await statusOf('stranger', 'POST', '/api/sync'), 401)

  const expected: readonly Expected[] = [
    { who: 'machine', what: 'POST /api/sync' },
    { who: 'ada', what: 'GET /api/v1/doctors', subject: '{"searchQuery":"7000006"}' },
    {
      ...{ who: 'ada', what: 'GET /api/v1/doctors', subject: '{"dbcs":"1-1RUZUSF","format":"csv"}' },
      rows: csv.split('\r\n').length - 2,
    },
    {
      ...{ who: 'ada', what: 'GET /api/connection/connected', subject: '{"dbcs":"1-1RUZV1D"}' },
      ...{ outcome: 'refused', code: 'BODY_FORBIDDEN' },
    },
    {
      ...{ who: 'ada', what: 'GET /api/sync/explain/:key', subject: '{"key":"7000006"}' },
      ...{ outcome: 'refused', code: 'NOT_ALLOWED' },
    },
    { who: 'sam', what: 'GET /api/sync/explain/:key', subject: '{"key":"7000006"}' },
    // Its body was not read.
    { who: 'sam', what: 'POST /api/sync/rollback', outcome: 'refused', code: 'NOT_ALLOWED' },
    { who: 'ola', what: 'POST /api/sync', subject: '{"preview":true}' },
    { who: 'ola', what: 'POST /api/sync/runs/:id/promote', subject: `{"id":"${preview}"}`, why },
    {
      ...{ who: 'ola', what: 'POST /api/sync/runs/:id/discard', subject: `{"id":"${preview}"}`, why: 'a slip' },
      ...{ outcome: 'refused', code: 'GENERATION_UNKNOWN' },
    },
    { who: 'ola', what: 'POST /api/sync/resync', subject: '{"keys":["6"]}', why: 'they called' },
  ]
  const read = async () => AUDIT.parse(JSON.parse((await as('sam', 'GET', '/api/sync/audit'))[1]))
  const log = await read()
  assert.deepEqual(
    log.entries.toReversed().map(({ who, roles, from, what, subject, why, result }) => {
      const { outcome, code, rows } = result ?? assert.fail('not completed')
      return { who, roles, from, what, subject, why, outcome, code, rows }
    }),
    expected.map(({ who, what, subject = null, why = '', outcome = 'done', code = null, rows = null }) => ({
      ...{ who: who === 'machine' ? 'operator token' : who, roles: ROLES[who], from: `HTTP ${AT[who]}` },
      ...{ what, subject, why, outcome, code, rows },
    })),
  )
  const times = log.entries.toReversed().flatMap(({ at, result }) => [Date.parse(at), Date.parse(result?.at ?? '')])
  assert.ok(times.every((time, index) => time >= (times[index - 1] ?? before) && time <= Date.now()))

  // Nothing alters it.
  const id = log.entries[0]?.id ?? ''
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const path of ['/api/sync/audit', `/api/sync/audit/${id}`, `/api/sync/audit?before=${id}`])
      assert.equal(
        await statusOf('ola', method, path, { id }),
        path.includes(`/${id}`) ? 404 : 405,
        `${method} ${path}`,
      )
  }
  const ofTheLog = Object.keys(HTTP_ROUTES).filter((route) => route.includes('audit'))
  assert.deepEqual(ofTheLog, ['GET /api/sync/audit'])
  assert.deepEqual(await read(), log)
  const where = at(http.place.directory)
  const { out } = await reval(['audit', '--json', ...where])
  assert.deepEqual(JSON.parse(out), log)
  const table = (await reval(['audit', ...where])).out
  assert.match(table, new RegExp(`ola +HTTP 203.0.113.3 +POST /api/sync/runs/:id/promote +.*${preview}.* done +${why}`))
  assert.match(table, /ada .*refused: BODY_FORBIDDEN/)
})
