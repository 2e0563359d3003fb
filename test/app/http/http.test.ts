import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen } from '../../../src/app/http/server.ts'
import { createLog } from '../../../src/app/log.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { Workplace, type Owner } from '../job/workplace.ts'

interface Answer {
  readonly status: number
  readonly location: string | null
  readonly body: Record<string, unknown> & { readonly error?: { readonly code: string; readonly remedy: string } }
}

/** A worker with its HTTP, on a port of its own. */
async function serving(t: Owner, place: Workplace) {
  const worker = await place.start()
  const log = createLog({ level: 'silent', format: 'json' })
  const server = await listen(worker, log, { host: place.config.http.host, port: 0 })
  t.after(() => server.stop())
  const call = async (method: string, path: string, body?: object): Promise<Answer> => {
    const init: RequestInit = { method, signal: AbortSignal.timeout(20_000) }
    if (body !== undefined) {
      init.body = JSON.stringify(body)
      init.headers = { 'content-type': 'application/json' }
    }
    const response = await fetch(`${server.address}${path}`, init)
    const text = await response.text()
    return {
      status: response.status,
      location: response.headers.get('location'),
      body: JSON.parse(text) as Answer['body'],
    }
  }
  return { worker, server, call }
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.context.events.once('run.ended', () => resolve()))
}

test('of two POSTs at the same moment one is accepted and the other is told which run there is', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const { worker, call } = await serving(t, place)
  const end = ended(worker)
  const answers = await Promise.all([call('POST', '/api/sync'), call('POST', '/api/sync')])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409])
  const accepted = answers.find(({ status }) => status === 202)
  const refused = answers.find(({ status }) => status === 409)
  assert.ok(accepted !== undefined && refused !== undefined)
  const location = accepted.location ?? ''
  assert.equal(location, `/api/sync/runs/${String(accepted.body.id)}`)
  assert.equal(refused.body.error?.code, 'RUN_IN_PROGRESS')
  assert.notEqual(refused.body.error.remedy, '')
  assert.partialDeepStrictEqual(refused.body, { run: { id: accepted.body.id } })
  await end

  const run = await call('GET', location)
  assert.equal(run.body.state, 'live')
  const stages = run.body.stages as readonly Record<string, unknown>[]
  assert.partialDeepStrictEqual(
    stages.find(({ stage }) => stage === 'trainees'),
    { rows: 1200, expected: 1200, failedRows: 0, secondsLeft: 0 },
  )
  const list = await call('GET', '/api/sync/runs')
  assert.partialDeepStrictEqual(list.body, { current: null, runs: [{ id: accepted.body.id }] })
})

test('callers of old start a run with GET', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(20)
  const { worker, call } = await serving(t, place)
  const end = ended(worker)
  const answers = await Promise.all([call('GET', '/api/sync'), call('GET', '/api/sync')])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409])
  await end
  const id = String(answers.find(({ status }) => status === 202)?.body.id)
  assert.equal((await call('GET', `/api/sync/runs/${id}`)).body.state, 'live')
})

test('a run is cancelled, and names are rolled back, by HTTP', async (t) => {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '5' })
  await place.makeDemo(150)
  const { worker, call } = await serving(t, place)
  for (let runs = 0; runs < 2; runs += 1) {
    const end = ended(worker)
    await call('POST', '/api/sync')
    await end
  }
  const before = await call('GET', '/api/sync/runs')
  const back = await call('POST', '/api/sync/rollback', { why: 'a test' })
  assert.equal(back.status, 200)
  assert.deepEqual(back.body, { live: before.body.previous, previous: before.body.live })

  const running = await call('POST', '/api/sync')
  const cancelled = await call('POST', `/api/sync/runs/${String(running.body.id)}/cancel`)
  assert.equal(cancelled.status, 200)
  assert.equal(cancelled.body.state, 'cancelled')
})

test('what cannot be done is refused with a status, a code and what to do', async (t) => {
  const place = await Workplace.make(t)
  const { call } = await serving(t, place)
  const refusals: readonly (readonly [string, string, number, string])[] = [
    ['GET', '/api/sync/runs/unknown', 404, 'RUN_UNKNOWN'],
    ['GET', '/api/sync/runs?limit=many', 400, 'USAGE'],
    ['POST', '/api/sync/runs/unknown/cancel', 404, 'RUN_UNKNOWN'],
    ['POST', '/api/sync/rollback', 409, 'NOTHING_TO_ROLL_BACK'],
    ['POST', '/api/sync/runs/unknown/promote', 404, 'GENERATION_UNKNOWN'],
    ['GET', '/nowhere', 404, 'USAGE'],
  ]
  for (const [method, path, status, code] of refusals) {
    const answer = await call(method, path)
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code], `${method} ${path}`)
    assert.ok((answer.body.error?.remedy ?? '') !== '')
  }
})

test('health tells the truth: alive while it answers, ready while each service reaches all it needs', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(20)
  const { worker, call, server } = await serving(t, place)
  assert.match(server.address, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.equal((await call('GET', '/health/live')).status, 200)
  assert.equal((await call('GET', '/health/ready')).status, 200)
  for (const service of ['integration', 'tcs', 'recommendation', 'connection']) {
    assert.equal((await call('GET', `/health/${service}/ready`)).status, 200, service)
  }
  await worker.context.broker.close()
  assert.equal((await call('GET', '/health/live')).status, 200)
  const ready = await call('GET', '/health/ready')
  assert.equal(ready.status, 503)
  assert.partialDeepStrictEqual(ready.body, { ready: false })
  assert.match(JSON.stringify(ready.body), /BROKER_CLOSED/)
})

test('sources that are not there make tcs and recommendation unready, and not integration', async (t) => {
  const place = await Workplace.make(t)
  const { call } = await serving(t, place)
  assert.equal((await call('GET', '/health/integration/ready')).status, 200)
  assert.equal((await call('GET', '/health/tcs/ready')).status, 503)
  assert.equal((await call('GET', '/health/ready')).status, 503)
})
