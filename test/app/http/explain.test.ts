import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { RESULTS } from '../../../src/app/json/results.ts'
import { createHttpServer } from '../../../src/app/http/server.ts'
import { runToEnd } from '../job/workplace.ts'
import { HttpInstallation, NO_SIGN_IN } from './installation.ts'

const { schema } = RESULTS['reval explain --json, GET /api/sync/explain/:key']
const TOKEN = 'sixteen characters'

test('explaining over HTTP', async (t) => {
  const http = await HttpInstallation.make(t)
  const before = await http.get('/api/sync/explain/7000006')
  assert.partialDeepStrictEqual(before.body, { isKnown: true, answer: ['In no list: nothing is live yet.'] })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  for (const key of ['7000006', 'tcs-6', '6', '7654321', encodeURIComponent('ä/b "c"'), 'x'.repeat(128)]) {
    const { status, body, headers } = await http.get(`/api/sync/explain/${key}`)
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(headers.get('cache-control'), 'no-store')
    schema.parse(body)
  }
  const { body } = await http.get('/api/sync/explain/7000006')
  assert.partialDeepStrictEqual(body, {
    answer: ['In 3 of 5 lists: master, recommendation, connected.'],
    deadLetters: { value: [], notKnown: null },
    rows: [{ id: 'tcs-6' }],
  })
  for (const key of ['%20', 'x'.repeat(300)]) {
    const refused = await http.get(`/api/sync/explain/${key}`)
    assert.equal(refused.status, 400)
    assert.partialDeepStrictEqual(refused.body, { code: 'USAGE' })
  }
})

test('with an operator token, only operators get an explanation', async (t) => {
  const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const refused = await http.get('/api/sync/explain/7000006')
  assert.equal(refused.status, 401)
  assert.doesNotMatch(JSON.stringify(refused.body), /few/)
  const asked = await fetch(`${http.server.address}/api/sync/explain/7000006`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  assert.equal(asked.status, 200)
  schema.parse(await asked.json())
})

test('an explanation is not logged', async (t) => {
  const http = await HttpInstallation.make(t)
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const server = await createHttpServer(http.worker, log, NO_SIGN_IN)
  t.after(() => server.close())
  for (const key of ['7000006', '%20', 'x'.repeat(300)]) await server.inject(`/api/sync/explain/${key}`)
  assert.doesNotMatch(lines.join(''), /7000006|few/)
})
