import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENDS, STAGES, type StageProgress } from '../../src/ports/run-ledger.ts'
import {
  withRestart,
  isOver,
  newRun,
  NO_PROGRESS,
  pace,
  stageAfter,
  withProgress,
  withStageStarted,
  withUnproved,
} from '../../src/sync/run-state.ts'
import { aRun } from './examples.ts'

test('a new run has what was requested, and nothing else', () => {
  const request = {
    id: 'r',
    day: '2026-06-01',
    requestedAt: 7,
    requestedBy: 'somebody',
    expect: 'fewer doctors',
    senderGone: 'it was stopped',
    purpose: 'sync' as const,
    repair: null,
    request: 'form-1',
  }
  assert.deepEqual(newRun(request), {
    ...request,
    state: 'requested',
    finishedAt: null,
    generation: null,
    term: null,
    restarts: [],
    stages: {},
    evidence: null,
    failure: null,
    comparison: null,
    verification: null,
    decision: null,
    unproved: [],
  })
})

test('a run is over once it has ended, and not during a stage', () => {
  for (const end of ENDS) assert.equal(isOver(end), true, end)
  for (const stage of STAGES) assert.equal(isOver(stage), false, stage)
})

test('the stages follow each other in their order', () => {
  assert.deepEqual(
    STAGES.map((stage) => stageAfter(stage)),
    ['trainees', 'doctors', 'lists', 'checking', 'catching up', 'comparing', 'promoting', null],
  )
  assert.equal(stageAfter('doctors', ['lists', 'checking']), 'catching up')
  assert.equal(stageAfter('comparing', ['promoting']), null)
})

test('an unproved stage is marked once', () => {
  const once = withUnproved(aRun(), 'doctors')
  assert.deepEqual(once, aRun({ unproved: ['doctors'] }))
  assert.equal(withUnproved(once, 'doctors'), once)
  assert.deepEqual(withUnproved(once, 'trainees').unproved, ['doctors', 'trainees'])
})

const started = (startedAt: number): StageProgress => ({ ...NO_PROGRESS, startedAt })

describe('a stage of a run', () => {
  test('starts without progress, and becomes the stage of the run', () => {
    const run = withStageStarted(aRun({ stages: { requested: started(1) } }), 'trainees', 9)
    assert.equal(run.state, 'trainees')
    assert.deepEqual(run.stages, {
      requested: started(1),
      trainees: {
        startedAt: 9,
        finishedAt: null,
        attempt: null,
        expected: null,
        messages: 0,
        rows: 0,
        failedRows: 0,
        withoutTrainee: 0,
        lateMessages: 0,
        unjoined: null,
      },
    })
  })

  test('starts over when it starts again', () => {
    const before = aRun({ stages: { trainees: { ...started(1), rows: 7 } } })
    assert.deepEqual(withStageStarted(before, 'trainees', 9).stages, { trainees: started(9) })
  })

  test('updates some of its progress, and keeps the rest', () => {
    const run = aRun({ stages: { requested: started(1), trainees: { ...started(2), attempt: 'a' } } })
    const { stages } = withProgress(run, 'trainees', { rows: 7, finishedAt: 5 })
    assert.deepEqual(stages, {
      requested: started(1),
      trainees: { ...started(2), attempt: 'a', rows: 7, finishedAt: 5 },
    })
  })

  test('that never started is unchanged', () => {
    const run = aRun({ stages: { requested: started(1) } })
    assert.equal(withProgress(run, 'trainees', { rows: 7 }), run)
  })
})

test('a restarted run has no generation, and records why', () => {
  const first = { cause: 'takeover', reason: 'another', at: 1 } as const
  const why = { cause: 'fault', reason: 'it stopped', at: 2 } as const
  const run = aRun({
    state: 'doctors',
    generation: 'g-1',
    term: 3,
    restarts: [first],
    stages: { trainees: started(1) },
    expect: 'fewer',
    unproved: ['trainees'],
  })
  assert.deepEqual(withRestart(run, why), aRun({ restarts: [first, why], expect: 'fewer' }))
})

describe('the pace of a stage', () => {
  const cases: readonly (readonly [string, Partial<StageProgress>, number, number | null, number | null])[] = [
    ['is unknown before anything was received', { expected: 100 }, 11_000, null, null],
    ['is not known at the very beginning', { expected: 100, rows: 10 }, 1_000, null, null],
    ['is not known when the clock was set back', { expected: 100, rows: 10 }, 500, null, null],
    ['is rows a second, with the remaining time', { expected: 100, rows: 20 }, 11_000, 2, 40],
    ['gives no remaining time if the expected rows are unknown', { rows: 20 }, 11_000, 2, null],
    ['leaves nothing if more was received than expected', { expected: 10, rows: 20 }, 11_000, 2, 0],
    [
      'counts the trainees without a doctor that were written, of those that are to be',
      { expected: 100, rows: 100, unjoined: { written: 20, of: 60 } },
      11_000,
      12,
      40 / 12,
    ],
    ['is known for trainees without a doctor alone', { expected: 0, unjoined: { written: 5, of: 10 } }, 6_000, 1, 5],
    ['is the average once it has finished', { expected: 100, rows: 40, finishedAt: 5_000 }, 11_000, 10, 0],
    ['leaves nothing once it has finished without rows', { finishedAt: 5_000 }, 11_000, null, 0],
  ]
  for (const [what, progress, now, rate, secondsLeft] of cases) {
    test(what, () => assert.deepEqual(pace({ ...started(1_000), ...progress }, now), { rate, secondsLeft }))
  }
})
