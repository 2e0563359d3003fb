import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RESULTS } from '../../../src/app/json/results.ts'
import { plantInFile } from '../../adapters/index-store/sqlite-planting.ts'
import { runEnd, runToEnd } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

/** The body must be exactly what docs/json.md says, and have this. */
function assertAnswer(name: keyof typeof RESULTS, body: unknown, expected: object): void {
  RESULTS[name].schema.parse(body)
  assert.partialDeepStrictEqual(body, expected)
}

test('live is verified and repaired over HTTP; the results and their findings are kept', async (t) => {
  const http = await HttpInstallation.make(t)
  const verify = async (body?: object) => {
    const asked = await http.post('/api/sync/verify', body)
    assert.equal(asked.status, 202, JSON.stringify(asked.body))
    assertAnswer('POST /api/sync/verify', asked.body, { purpose: 'verify', state: 'requested' })
    const [, id = ''] = /^\/api\/sync\/runs\/(.*)$/.exec(asked.headers.get('location') ?? '') ?? []
    return id
  }
  assert.partialDeepStrictEqual(await http.post('/api/sync/verify'), {
    status: 409,
    body: { code: 'NOTHING_LIVE' },
  })
  const { generation, id: live } = await runToEnd(http.worker)
  const none = { verification: null, findings: [], next: null }
  assertAnswer('GET /api/sync/verify', (await http.get('/api/sync/verify')).body, none)
  assertAnswer('GET /api/sync/status', (await http.get('/api/sync/status')).body, { verification: null })

  for (const person of ['tcs-1', 'tcs-2', 'tcs-3']) {
    await plantInFile(http.place.directory, generation ?? '', person, { change: 'delete' })
  }
  const { events } = http.worker.context
  const first = runEnd(events, await verify())
  const busy = await http.post('/api/sync/verify')
  if (busy.status !== 202) assert.partialDeepStrictEqual(busy, { status: 409, body: { code: 'RUN_IN_PROGRESS' } })
  const { id } = await first
  const missing = (row: string) => ({ id: row, kind: 'missing', fields: [], isRepaired: false })
  const drift = { run: id, live: { run: live }, missing: 3, isOfLive: true, hasDrift: true }
  assertAnswer('GET /api/sync/status', (await http.get('/api/sync/status')).body, { verification: drift })
  assertAnswer('GET /api/sync/verify', (await http.get('/api/sync/verify')).body, {
    verification: drift,
    findings: ['tcs-1', 'tcs-2', 'tcs-3'].map(missing),
    next: null,
  })
  const page = async (query: string) => (await http.get(`/api/sync/verify/${id}?${query}`)).body
  const pages = [await page('limit=2'), await page('limit=2&skip=2')]
  assertAnswer('GET /api/sync/verify/:run', pages[0], { findings: [missing('tcs-1'), missing('tcs-2')], next: 2 })
  assertAnswer('GET /api/sync/verify/:run', pages[1], { findings: [missing('tcs-3')], next: null })

  const { state, verification } = await runEnd(events, await verify({ repair: 'promote' }))
  assert.deepEqual([state, verification?.repaired?.remaining], ['live', 0])
  assertAnswer('GET /api/sync/verify', (await http.get('/api/sync/verify')).body, {
    verification: { missing: 3, isOfLive: true, hasDrift: false, repaired: { how: 'promote' } },
  })
  const wrong = [await http.get('/api/sync/verify/none'), await http.get(`/api/sync/verify/${live}`)]
  for (const each of wrong) assert.partialDeepStrictEqual(each, { status: 404, body: { code: 'RUN_UNKNOWN' } })
  const bad = await http.post('/api/sync/verify', { repair: 'all' })
  assert.partialDeepStrictEqual(bad, { status: 400, body: { code: 'USAGE' } })
})
