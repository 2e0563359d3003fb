import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { STAGES } from '../../../src/ports/run-ledger.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading } from '../../faults/held-backends.ts'
import { runEnd, runToEnd, until, type Owner } from '../job/workplace.ts'
import { HttpInstallation, type Answer } from './installation.ts'

const STARTED = z.object({ id: z.string(), state: z.string() })
const REFUSED = z.object({ code: z.string(), remedy: z.string().min(1), run: STARTED.nullish() })
const RUN = z.object({
  id: z.string(),
  state: z.string(),
  failedRows: z.number(),
  stages: z.array(
    z.object({
      stage: z.string(),
      rows: z.number(),
      expected: z.number().nullable(),
      rowsPerSecond: z.number().nullable(),
      secondsLeft: z.number().nullable(),
      finishedAt: z.string().nullable(),
    }),
  ),
})

const STATUS = z.object({
  current: STARTED.nullable(),
  live: z.object({ run: z.string() }).nullable(),
  stale: z.array(z.unknown()),
  changes: z
    .object({
      waiting: z.number(),
      paused: z.unknown(),
      channels: z.array(z.object({ channel: z.string(), refreshed: z.number() })),
    })
    .nullable(),
})

/** Stops in the doctors until the gate is open. */
async function held(t: Owner) {
  const gate = new Gate()
  const http = await HttpInstallation.make(t, (backends) => heldBeforeReading(backends, 'doctorSource', gate))
  return { http, gate, events: http.worker.context.events }
}

const codeOf = (answer: Answer) => REFUSED.parse(answer.body).code

describe('runs over HTTP', { concurrency: 4 }, () => {
  for (const method of ['post', 'get'] as const) {
    test(`${method.toUpperCase()} /api/sync starts a run; again, it names the one in progress`, async (t) => {
      const { http, gate, events } = await held(t)
      const started = await http[method]('/api/sync')
      assert.equal(started.status, 202)
      const { id, state } = STARTED.parse(started.body)
      assert.equal(state, 'requested')
      assert.equal(started.headers.get('location'), `/api/sync/runs/${id}`)
      await gate.reached
      const ended = runEnd(events, id)
      const refused = await http[method]('/api/sync')
      assert.equal(refused.status, 409)
      assert.equal(codeOf(refused), 'RUN_IN_PROGRESS')
      assert.deepEqual(REFUSED.parse(refused.body).run, { id, state: 'doctors' })
      const [entry] = await http.worker.context.ledger.audit(1)
      assert.partialDeepStrictEqual(entry, { result: { outcome: 'refused', code: 'RUN_IN_PROGRESS' } })
      gate.open()
      assert.equal((await ended).state, 'live')
    })
  }

  test('of concurrent requests, by either method, one is accepted', async (t) => {
    const { http, gate, events } = await held(t)
    const answers = await Promise.all([
      http.post('/api/sync'),
      http.post('/api/sync'),
      http.get('/api/sync'),
      http.get('/api/sync'),
    ])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409, 409, 409])
    const { id } = STARTED.parse(answers.find(({ status }) => status === 202)?.body)
    for (const refused of answers.filter(({ status }) => status === 409)) {
      assert.equal(codeOf(refused), 'RUN_IN_PROGRESS')
      assert.match(JSON.stringify(refused.body), new RegExp(id))
    }
    const ended = runEnd(events, id)
    gate.open()
    await ended
  })

  test('GET /api/sync/status shows how far live changes are', async (t) => {
    const http = await HttpInstallation.make(t)
    const run = await runToEnd(http.worker)
    const { broker, events } = http.worker.context
    const refreshed = new Promise<void>((resolve) => events.once('changes.refreshed', () => resolve()))
    await broker.publish('traineeChanged', { body: Buffer.from('{"tcsPersonId":1}'), attributes: {} })
    await refreshed
    const changes = async () => STATUS.parse((await http.get('/api/sync/status')).body)
    await until(async () => (await changes()).changes?.channels[0]?.refreshed === 1)
    const { current, live, stale, changes: status } = await changes()
    assert.deepEqual([current, live?.run, stale], [null, run.id, []])
    assert.deepEqual([status?.waiting, status?.paused, status?.channels.length], [0, null, 3])
  })

  test('a run shows its stages, rows, rate and remaining time', async (t) => {
    const { http, gate, events } = await held(t)
    const { id } = STARTED.parse((await http.post('/api/sync')).body)
    await gate.reached
    const during = RUN.parse((await http.get(`/api/sync/runs/${id}`)).body)
    assert.equal(during.state, 'doctors')
    assert.deepEqual(
      during.stages.map(({ stage }) => stage),
      ['requested', 'trainees', 'doctors'],
    )
    const trainees = during.stages.find(({ stage }) => stage === 'trainees')
    assert.deepEqual([trainees?.rows, trainees?.expected, trainees?.secondsLeft], [20, 20, 0])
    assert.ok((trainees?.rowsPerSecond ?? 0) > 0)
    assert.equal(during.stages.at(-1)?.finishedAt, null)
    const ended = runEnd(events, id)
    gate.open()
    await ended
    const after = RUN.parse((await http.get(`/api/sync/runs/${id}`)).body)
    assert.equal(after.state, 'live')
    assert.deepEqual(
      after.stages.map(({ stage }) => stage),
      STAGES.filter((stage) => stage !== 'comparing'),
    )
    const listed = z
      .object({ current: z.null(), runs: z.array(STARTED), live: z.object({ run: z.string() }) })
      .parse((await http.get('/api/sync/runs')).body)
    assert.deepEqual(listed.runs, [{ id, state: 'live' }])
    assert.equal(listed.live.run, id)
  })

  test('cancel ends the run and returns it; an ended run is refused', async (t) => {
    const { http, gate, events } = await held(t)
    const { id } = STARTED.parse((await http.post('/api/sync')).body)
    await gate.reached
    const ended = runEnd(events, id)
    const cancelled = await http.post(`/api/sync/runs/${id}/cancel`, { why: 'a mistake' })
    assert.equal(cancelled.status, 200)
    assert.deepEqual(STARTED.parse(cancelled.body), { id, state: 'cancelled' })
    assert.equal((await ended).state, 'cancelled')
    gate.open()
    const { id: other } = await runToEnd(http.worker)
    const late = await http.post(`/api/sync/runs/${other}/cancel`)
    assert.deepEqual([late.status, codeOf(late)], [409, 'RUN_OVER'])
  })

  test('rollback returns what is live, and records the reason; without a previous run it is refused', async (t) => {
    const http = await HttpInstallation.make(t)
    const first = await runToEnd(http.worker)
    const refused = await http.post('/api/sync/rollback')
    assert.deepEqual([refused.status, codeOf(refused)], [409, 'NOTHING_TO_ROLL_BACK'])
    const second = await runToEnd(http.worker)
    // Several times, since it is random whether the body has been read by then.
    for (const [live, previous] of [
      [first, second],
      [second, first],
      [first, second],
    ] as const) {
      const answer = await http.post('/api/sync/rollback', { why: 'looks wrong' })
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      assert.deepEqual(answer.body, {
        live: { generation: live.generation, run: live.id },
        previous: { generation: previous.generation, run: previous.id },
        asOf: null,
      })
    }
    assert.equal((await http.place.installation()).history[0]?.why, 'looks wrong')
  })

  test('a held-back run can be promoted', async (t) => {
    const http = await HttpInstallation.make(t)
    await runToEnd(http.worker)
    await http.place.loadFew({ doctors: 0 })
    const held = await runToEnd(http.worker)
    assert.equal(held.failure?.code, 'CHECK_SOURCE_EMPTY')
    const unknown = await http.post('/api/sync/runs/nobody/promote')
    assert.deepEqual([unknown.status, codeOf(unknown)], [404, 'RUN_UNKNOWN'])
    const promoted = await http.post(`/api/sync/runs/${held.id}/promote`, { why: 'so it is' })
    assert.equal(promoted.status, 200)
    assert.deepEqual(STARTED.parse(promoted.body), { id: held.id, state: 'live' })
  })

  test('a preview is held back, and can be promoted or discarded', async (t) => {
    const http = await HttpInstallation.make(t)
    const first = await runToEnd(http.worker, '2034-01-01')
    const preview = async () => {
      const { id } = STARTED.parse((await http.post('/api/sync', { preview: true })).body)
      await until(async () => (await http.place.installation()).heldBack?.run === id)
      return id
    }
    const dropped = await preview()
    const discarded = await http.post(`/api/sync/runs/${dropped}/discard`, { why: 'looks wrong' })
    assert.equal(discarded.status, 200)
    assert.deepEqual(STARTED.parse(discarded.body), { id: dropped, state: 'discarded' })
    assert.equal((await http.place.installation()).live?.run, first.id)
    const again = await http.post(`/api/sync/runs/${dropped}/discard`, { why: 'looks wrong' })
    assert.deepEqual([again.status, codeOf(again)], [409, 'GENERATION_UNKNOWN'])

    const kept = await preview()
    const shown = z.object({ failure: z.object({ code: z.string(), remedy: z.string() }) })
    const { failure } = shown.parse((await http.get(`/api/sync/runs/${kept}`)).body)
    assert.equal(failure.code, 'PREVIEW')
    assert.match(failure.remedy, /POST/)
    const promoted = await http.post(`/api/sync/runs/${kept}/promote`, { why: 'so it is' })
    assert.deepEqual(STARTED.parse(promoted.body), { id: kept, state: 'live' })
    assert.partialDeepStrictEqual(promoted.body, { dayMovedBack: { from: first.day } })
    const wrong = await http.post('/api/sync', { preview: 'yes' })
    assert.deepEqual([wrong.status, codeOf(wrong)], [400, 'USAGE'])
  })
})
