import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { runToEnd } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

const LIST = z.object({
  total: z.number(),
  failures: z.array(z.object({ id: z.string(), code: z.string(), reason: z.string(), keys: z.array(z.string()) })),
  decisions: z.array(z.object({ action: z.string(), what: z.array(z.string()), why: z.string() })),
})
const ACCEPT = { REVAL_CHECK_ACCEPT_FAILURES: '10' }

const TOKEN = 'sixteen characters'

async function listed(http: HttpInstallation, query = '') {
  return LIST.parse((await http.get(`/api/sync/failures${query}`, TOKEN)).body)
}

/** A live generation with a failed row, and a dead letter of the changes. */
async function withFailures(http: HttpInstallation): Promise<void> {
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const { ledger, broker, events } = http.worker.context
  const { live } = await http.place.installation()
  const reason = 'dateFrom: "Smith" is not a valid date (YYYY-MM-DD)'
  const place = { run: live?.run ?? '', generation: live?.generation ?? '', stage: 'trainees', at: 5 } as const
  await ledger.addFailures([{ ...place, key: 'tcs-1', code: 'ROW_DATE_IMPOSSIBLE', reason }])
  const refused = new Promise((resolve) => events.once('message.deadLettered', resolve))
  const body = '[{"tcsPersonId":2,"doctorLastName":"Smith"},{"surname":"Smith"}]'
  await broker.publish('traineeChanged', { body: Buffer.from(body), attributes: {} })
  await refused
}

describe('failures over HTTP', { concurrency: 2 }, () => {
  test('are listed and shown without personal data, unless it is asked for', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { ...ACCEPT, REVAL_OPERATOR_TOKEN: TOKEN })
    await withFailures(http)
    const { total, failures } = await listed(http)
    assert.equal(total, 2)
    assert.partialDeepStrictEqual(failures, [
      { id: 'trainees/tcs-1', keys: ['tcs-1'], reason: 'dateFrom: "…" is not a valid date (YYYY-MM-DD)' },
      { keys: ['tcs-2'] },
    ])
    assert.equal((await listed(http, '?stage=doctors')).total, 0)
    assert.equal((await listed(http, '?channel=traineeChanged&limit=1')).total, 1)
    const letter = `/api/sync/failures/${failures[1]?.id ?? ''}`
    for (const path of [letter, '/api/sync/failures/trainees/tcs-1']) {
      const shown = await http.get(path, TOKEN)
      assert.equal(shown.status, 200)
      assert.doesNotMatch(JSON.stringify(shown.body), /Smith/)
      assert.equal((await http.get(`${path}?unmasked=true`)).status, 401)
    }
  })

  test('are replayed and discarded, on record', async (t) => {
    const http = await HttpInstallation.make(t, undefined, ACCEPT)
    await withFailures(http)
    const [, letter] = (await listed(http)).failures
    const unmasked = await http.get(`/api/sync/failures/${letter?.id ?? ''}?unmasked=true`)
    assert.match(JSON.stringify(unmasked.body), /Smith/)
    const replayed = await http.post('/api/sync/failures/replay', { ids: ['trainees/tcs-1'], why: 'a test' })
    assert.deepEqual(replayed, {
      ...replayed,
      status: 200,
      body: { replayed: [{ id: 'trainees/tcs-1', outcome: 'done', code: null }] },
    })
    assert.equal((await http.post('/api/sync/failures/discard', { all: true })).status, 400)
    const discarded = await http.post('/api/sync/failures/discard', { code: letter?.code ?? '', why: 'nobody' })
    assert.equal(discarded.status, 200)
    const { total, decisions } = await listed(http)
    assert.equal(total, 0)
    assert.partialDeepStrictEqual(decisions, [
      { action: 'discarded', why: 'nobody' },
      { action: 'replayed', why: 'a test' },
    ])
  })

  test('that are unknown, or asked for in another way, are refused with a code', async (t) => {
    const http = await HttpInstallation.make(t)
    const cases: readonly (readonly ['get' | 'post', string, object | undefined, number, string])[] = [
      ['get', '/api/sync/failures?limit=0', undefined, 400, 'USAGE'],
      ['get', '/api/sync/failures?stage=nowhere', undefined, 400, 'USAGE'],
      ['get', '/api/sync/failures?stage=doctors&channel=syncStart', undefined, 400, 'USAGE'],
      ['get', '/api/sync/failures/trainees/tcs-1', undefined, 404, 'FAILURE_UNKNOWN'],
      ['get', '/api/sync/failures/syncStart/1', undefined, 404, 'FAILURE_UNKNOWN'],
      ['get', '/api/sync/failures/trainees/tcs-1?unmasked=perhaps', undefined, 400, 'USAGE'],
      ['post', '/api/sync/failures/replay', undefined, 400, 'USAGE'],
      ['post', '/api/sync/failures/replay', { ids: [] }, 400, 'USAGE'],
      ['post', '/api/sync/failures/replay', { ids: ['x'], all: true }, 400, 'USAGE'],
      ['post', '/api/sync/failures/replay', { ids: ['trainees/tcs-1'] }, 404, 'FAILURE_UNKNOWN'],
      ['post', '/api/sync/failures/discard', { all: true, why: ' ' }, 400, 'USAGE'],
      ['post', '/api/sync/failures/discard', { ids: ['x'], why: 'so' }, 404, 'FAILURE_UNKNOWN'],
    ]
    for (const [method, path, body, status, code] of cases) {
      const answer = await http.send(method.toUpperCase(), path, { body })
      assert.equal(answer.status, status, `${path} ${JSON.stringify(answer.body)}`)
      assert.partialDeepStrictEqual(answer.body, { code })
    }
    assert.deepEqual((await http.post('/api/sync/failures/replay', { all: true })).body, { replayed: [] })
  })
})
