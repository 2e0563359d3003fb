import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RESULTS } from '../../../src/app/json/results.ts'
import { readInbox } from '../../../src/sync/records.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading } from '../../faults/held-backends.ts'
import { DAY, runToEnd, startRun, until } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

describe('POST /api/sync/erase', () => {
  test('erases a person, and the inbox keeps no key', async (t) => {
    const http = await HttpInstallation.make(t)
    assert.equal((await runToEnd(http.worker)).state, 'live')
    const { context } = http.worker
    const { broker } = context
    await broker.publish('traineeChanged', { body: Buffer.from('[{"tcsPersonId":8},{"x":1}]'), attributes: {} })
    await until(async () => (await broker.deadLetters('traineeChanged', 1)).length === 1)
    const { status, body } = await http.post('/api/sync/erase', { key: 7_000_008, why: 'request 12' })
    assert.equal(status, 200, JSON.stringify(body))
    RESULTS['reval erase --json, POST /api/sync/erase'].schema.parse(body)
    assert.partialDeepStrictEqual(body, {
      erased: { rows: { live: 1, previous: 0, heldBack: 0 }, failedRows: 0, deadLetters: 1 },
      sharing: 0,
      remaining: { persons: 1, doctors: 1, recommended: 0, reasons: 0 },
    })
    assert.doesNotMatch(JSON.stringify(await readInbox(context.ledger)), /7000008/)
    const { body: record } = await http.get('/api/sync/erasures')
    RESULTS['reval erase --list --json, GET /api/sync/erasures'].schema.parse(record)
    assert.partialDeepStrictEqual(record, { erasures: [{ why: 'request 12', erased: { rows: { live: 1 } } }] })
    assert.doesNotMatch(JSON.stringify(record), /7000008/)
  })

  test('refuses what it cannot carry out, with a code', async (t) => {
    const gate = new Gate()
    const http = await HttpInstallation.make(t, (backends) => heldBeforeReading(backends, 'doctorSource', gate))
    const cases: readonly (readonly [object | undefined, RegExp])[] = [
      [undefined, /expected/],
      [{ key: '8' }, /why/],
      [{ key: '8', why: ' ' }, /why: a reason is required/],
      [{ why: 'x' }, /key/],
      [{ key: 1.5, why: 'x' }, /key/],
      [{ key: ' ', why: 'x' }, /neither a number nor an id/],
    ]
    for (const [body, message] of cases) {
      const answer = await http.post('/api/sync/erase', body)
      assert.partialDeepStrictEqual(answer, { status: 400, body: { code: 'USAGE' } })
      assert.match(JSON.stringify(answer.body), message)
    }
    const run = await startRun(http.worker, DAY)
    await gate.reached
    const answer = await http.post('/api/sync/erase', { key: '8', why: 'x' })
    assert.partialDeepStrictEqual(answer, { status: 409, body: { code: 'RUN_IN_PROGRESS' } })
    gate.open()
    assert.equal((await run.ended).state, 'live')
  })

  test('is for operators', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: 'sixteen characters' })
    assert.equal((await http.post('/api/sync/erase', { key: '8', why: 'x' })).status, 401)
  })
})
