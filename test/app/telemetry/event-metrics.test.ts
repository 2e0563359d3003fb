import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countEvents } from '../../../src/app/telemetry/event-metrics.ts'
import { openExposition } from '../../../src/app/telemetry/exposition.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { newRun, withEnd, withStageStarted } from '../../../src/sync/run-state.ts'
import { samplesIn, valueOf } from './scraped.ts'

const RUN = newRun({
  id: 'r',
  day: '2026-06-01',
  requestedAt: 0,
  requestedBy: 'test',
  expect: null,
  senderGone: null,
  purpose: 'sync',
  repair: null,
  request: null,
})

test('events of the job are counted, by what distinguishes them', async (t) => {
  const exposition = await openExposition()
  t.after(() => exposition.close())
  const events = createRunEvents()
  countEvents(events, exposition)
  const failed = new RevalError('STORE_FAILED', 'it is away', { transient: true })
  const ended = withEnd(withStageStarted(RUN, 'doctors', 0), {
    state: 'failed',
    error: failed,
    stage: 'doctors',
    at: 2_000,
  })
  const row = {
    run: 'r',
    generation: 'g',
    stage: 'doctors',
    at: 0,
    key: 'gmc-1',
    code: 'ROW_FIELD_INVALID',
    reason: 'x',
  } as const
  events.emit('run.restarted', { run: RUN, why: { cause: 'takeover', reason: 'x', at: 0 } })
  events.emit('stage.finished', { run: ended, stage: 'doctors' })
  events.emit('stage.finished', { run: RUN, stage: 'lists' })
  events.emit('run.ended', { run: ended })
  events.emit('row.failed', { row })
  events.emit('row.failed', { row })
  events.emit('message.late', { stage: 'trainees', run: 'r', attempt: 'a' })
  events.emit('warning', { doing: 'writing', error: failed })
  events.emit('lease.expired', { holder: 'me', term: 1 })
  const samples = samplesIn(await exposition.text())
  assert.equal(valueOf(samples, 'reval_run_restarts_total', { cause: 'takeover' }), 1)
  assert.equal(valueOf(samples, 'reval_stage_duration_seconds_sum', { stage: 'doctors' }), 2)
  assert.equal(valueOf(samples, 'reval_stage_duration_seconds_sum', { stage: 'lists' }), undefined)
  assert.equal(valueOf(samples, 'reval_runs_total', { purpose: 'sync', result: 'failed' }), 1)
  assert.equal(valueOf(samples, 'reval_rows_failed_total', { stage: 'doctors' }), 2)
  assert.equal(valueOf(samples, 'reval_messages_late_total', { stage: 'trainees' }), 1)
  assert.equal(valueOf(samples, 'reval_warnings_total', { code: 'STORE_FAILED', retried: 'true' }), 1)
  assert.equal(valueOf(samples, 'reval_lease_events_total', { event: 'expired' }), 1)
})

test('a gauge that is no longer reported disappears', async (t) => {
  const exposition = await openExposition()
  t.after(() => exposition.close())
  let queue = 'traineeData'
  exposition.add(async () => [{ metric: 'queueWaiting', value: 3, labels: { queue } }])
  assert.equal(valueOf(samplesIn(await exposition.text()), 'reval_queue_waiting'), 3)
  queue = 'doctorData'
  const samples = samplesIn(await exposition.text())
  assert.equal(valueOf(samples, 'reval_queue_waiting', { queue: 'traineeData' }), undefined)
  assert.equal(valueOf(samples, 'reval_queue_waiting', { queue: 'doctorData' }), 3)
})
