import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RESULTS } from '../../../src/app/json/results.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { runToEnd, UNJUDGED, type Owner } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

const FIGURES = RESULTS['GET /api/sync/compare?summary=true'].schema
const DIFFERENCE = RESULTS['GET /api/sync/compare'].schema

/** An installation whose live run has other names than the previous one, and one trainee less. */
async function twoRuns(t: Owner, alter?: (backends: WorkerBackends) => WorkerBackends, token = '') {
  const http = await HttpInstallation.make(t, alter, { ...UNJUDGED, REVAL_OPERATOR_TOKEN: token })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  await http.place.loadFew({ label: 'changed', trainees: 19 })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  return http
}

async function textOf(http: HttpInstallation, query: string, headers: Record<string, string> = {}) {
  const url = `${http.server.address}/api/sync/compare?${query}`
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

const linesOf = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

const BOTH = 'before=previous&after=live'

describe('GET /api/sync/compare', { concurrency: 2 }, () => {
  test('streams the differences with both values, then the figures', async (t) => {
    const http = await twoRuns(t)
    const { status, type, text } = await textOf(http, BOTH)
    assert.deepEqual([status, type], [200, 'application/x-ndjson; charset=utf-8'])
    const lines = linesOf(text)
    const figures = FIGURES.parse(lines.pop())
    const differences = lines.map((line) => DIFFERENCE.parse(line))
    const one = differences.find(({ id }) => id === 'tcs-1')
    assert.deepEqual(one, {
      id: 'tcs-1',
      kind: 'different',
      fields: ['doctorLastName', 'programmeName', 'exceptionReason'],
      before: { doctorLastName: 'few', programmeName: 'programme few', exceptionReason: 'reason few' },
      after: { doctorLastName: 'changed', programmeName: 'programme changed', exceptionReason: 'reason changed' },
    })
    const gone = differences.find(({ id }) => id === 'tcs-20')
    assert.partialDeepStrictEqual(gone, { kind: 'surplus', fields: [], after: null })
    assert.partialDeepStrictEqual(gone, { before: { tcsPersonId: 20, doctorLastName: 'few', connectionStatus: 'Yes' } })
    const counted = Object.groupBy(differences, ({ kind }) => kind)
    const { missing, surplus, different } = figures.summary
    const lengths = [counted.missing?.length ?? 0, counted.surplus?.length ?? 0, counted.different?.length ?? 0]
    assert.deepEqual([missing, surplus, different], lengths)
  })

  test('answers with the figures alone, or with CSV', async (t) => {
    const http = await twoRuns(t)
    const [figures] = linesOf((await textOf(http, `${BOTH}&summary=true`)).text)
    const all = linesOf((await textOf(http, BOTH)).text)
    assert.deepEqual(FIGURES.parse(figures), FIGURES.parse(all.at(-1)))
    const ofFormat = await textOf(http, `${BOTH}&format=csv`)
    const accepted = await textOf(http, BOTH, { accept: 'text/csv' })
    assert.deepEqual(ofFormat, accepted)
    assert.equal(ofFormat.type, 'text/csv; charset=utf-8')
    const [header, ...lines] = ofFormat.text.split('\r\n')
    assert.equal(header, 'id,kind,field,before,after')
    assert.ok(lines.includes('tcs-1,different,programmeName,programme few,programme changed'))
    assert.equal(
      (await textOf(http, `${BOTH}&format=ndjson`, { accept: 'text/csv' })).type,
      'application/x-ndjson; charset=utf-8',
    )
  })

  test('compares a list and a body alone', async (t) => {
    const http = await twoRuns(t)
    const listed = linesOf((await textOf(http, `${BOTH}&list=exceptionindex`)).text)
    assert.equal(listed.length, 4 + 1)
    const none = linesOf((await textOf(http, `${BOTH}&list=exceptionindex&body=none`)).text)
    assert.equal(none.length, 1)
    const same = linesOf((await textOf(http, 'after=live')).text)
    assert.equal(same.length, 1)
  })

  test('refuses what it cannot compare, with a code', async (t) => {
    const http = await HttpInstallation.make(t)
    const cases: readonly (readonly [string, number, string])[] = [
      ['after=live', 409, 'NOTHING_LIVE'],
      ['', 400, 'USAGE'],
      ['after=', 400, 'USAGE'],
      ['after=live&list=index', 400, 'USAGE'],
      ['after=live&format=xml', 400, 'USAGE'],
      ['after=live&summary=maybe', 400, 'USAGE'],
      ['after=live&after=previous', 400, 'USAGE'],
    ]
    for (const [query, status, code] of cases) {
      assert.partialDeepStrictEqual(await http.get(`/api/sync/compare?${query}`), { status, body: { code } })
    }
    assert.equal((await runToEnd(http.worker)).state, 'live')
    const gone = { status: 409, body: { code: 'GENERATION_UNKNOWN' } }
    assert.partialDeepStrictEqual(await http.get('/api/sync/compare?after=previous'), gone)
    const unknown = { status: 404, body: { code: 'RUN_UNKNOWN' } }
    assert.partialDeepStrictEqual(await http.get('/api/sync/compare?after=run-0'), unknown)
  })

  test('is for operators, since it has names of doctors', async (t) => {
    const http = await twoRuns(t, undefined, 'sixteen characters')
    assert.equal((await textOf(http, BOTH)).status, 401)
    assert.equal((await textOf(http, BOTH, { authorization: 'Bearer sixteen characters' })).status, 200)
  })

  test('ends with the error if a generation is dropped meanwhile', async (t) => {
    const http = await twoRuns(t, (backends) => ({
      ...backends,
      store: altered(backends.store, {
        rows: (own) =>
          async function* (generation) {
            yield* own(generation)
            throw new RevalError('STORE_FAILED', 'the generation was dropped')
          },
      }),
    }))
    const { status, text } = await textOf(http, BOTH)
    assert.equal(status, 200)
    assert.partialDeepStrictEqual(linesOf(text).at(-1), { error: { code: 'STORE_FAILED' } })
    await assert.rejects(textOf(http, `${BOTH}&format=csv`), /terminated/)
    assert.equal((await textOf(http, `${BOTH}&summary=true`)).status, 503)
  })

  test('goes on for one caller at a time, until that caller is gone', async (t) => {
    const gate = new Gate()
    let open = 0
    const closed = Promise.withResolvers<undefined>()
    const http = await twoRuns(t, (backends) => ({
      ...backends,
      store: altered(backends.store, {
        rows: (own) =>
          async function* (generation) {
            open += 1
            try {
              yield* own(generation)
              await gate.pass()
              yield* own(generation)
              assert.fail('read on')
            } finally {
              open -= 1
              if (open === 0) closed.resolve(undefined)
            }
          },
      }),
    }))
    const leaving = new AbortController()
    const url = `${http.server.address}/api/sync/compare?${BOTH}`
    const answer = await fetch(url, { signal: leaving.signal })
    const reader = answer.body?.getReader()
    assert.ok((await reader?.read())?.value)
    await gate.reached
    const second = { status: 409, body: { code: 'COMPARISON_IN_PROGRESS' } }
    assert.partialDeepStrictEqual(await http.get(`/api/sync/compare?${BOTH}`), second)
    leaving.abort()
    await assert.rejects(reader?.read() ?? Promise.resolve())
    gate.open()
    await closed.promise
    assert.equal((await http.get(`/api/sync/compare?before=live&after=nonsense`)).status, 404)
  })
})
