import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFigures, overviewFigures } from '../../../src/console/runs/figures.ts'
import { runProgress } from '../../../src/console/runs/progress.ts'
import { runName } from '../../../src/console/runs/run-name.ts'
import { whatHappened, whatToDo, type Beside } from '../../../src/console/runs/sentence.ts'
import { stageRows } from '../../../src/console/runs/stage-rows.ts'
import { ENDS, STAGES, type Run } from '../../../src/ports/run-ledger.ts'
import { AT_FIVE, aRun, aStage, installationOf, liveRun, NOW } from './a-run.ts'

/** Four seconds into the run. */
const SOON = AT_FIVE + 4_000
const beside = (differing: Partial<Beside> = {}): Beside => ({ history: [], isWriting: true, now: NOW, ...differing })

const READING = aRun({
  state: 'doctors',
  stages: {
    trainees: aStage(0, { finishedAt: AT_FIVE + 1_900, rows: 19_950, expected: 19_950, messages: 40 }),
    doctors: aStage(2, { rows: 12_400, messages: 25, failedRows: 2 }),
  },
})

test('a run is named by when it was asked for, and by what it is for', () => {
  assert.equal(runName(aRun()), 'Run of 26 November 2026, 5:04am')
  assert.equal(runName(aRun({ purpose: 'verify' })), 'Verification of 26 November 2026, 5:04am')
})

test('a run in progress says what it is doing, with figures', () => {
  assert.equal(whatHappened(READING, beside({ now: SOON })), 'Reading doctors: 12,400 of 20,000.')
  const unknown = { ...READING, stages: { doctors: aStage(2, { rows: 500, expected: null }) } }
  assert.equal(whatHappened(unknown, beside({ now: SOON })), 'Reading doctors: 500 so far.')
})

test('a run that waits longer than ten seconds says that no process writes, if that is known', () => {
  const waits = 'Waiting for an integration process to pick the run up.'
  assert.equal(whatHappened(aRun(), beside({ isWriting: false, now: SOON })), waits)
  assert.equal(whatHappened(aRun(), beside({ isWriting: null })), waits)
  assert.match(
    whatHappened(aRun(), beside({ isWriting: false })),
    /None holds the writer's lease.*reval start integration/,
  )
})

test('a run that is over says how it ended, who decided and why', () => {
  const live = liveRun()
  const { history } = installationOf(live)
  assert.equal(
    whatHappened(live, beside({ history })),
    'All checks passed. The lists moved to this run at 5:04:23am today.',
  )
  const failure = { code: 'CHECK_UNLIKE', reason: 'rows of masterdoctorindex: 12 % fewer', stage: 'checking' } as const
  assert.equal(
    whatHappened(liveRun({ state: 'held back', failure }), beside()),
    'The run finished, but it was held back: rows of masterdoctorindex: 12 % fewer.',
  )
  const decision = {
    action: 'promoted',
    by: 'Ada Okafor, console',
    why: 'checked with TCS.',
    at: NOW - 60_000,
  } as const
  assert.equal(
    whatHappened(liveRun({ failure, decision }), beside()),
    'The run was held back: rows of masterdoctorindex: 12 % fewer. Made live by Ada Okafor at 11:11:00am today: checked with TCS.',
  )
  const cancelled = {
    code: 'RUN_CANCELLED',
    reason: 'cancelled by Ada, console: wrong database',
    stage: 'doctors',
  } as const
  assert.equal(
    whatHappened(liveRun({ state: 'cancelled', failure: cancelled }), beside()),
    'Cancelled by Ada at 5:04:23am today: wrong database.',
  )
  const broken = { code: 'SOURCE_FAILED', reason: 'the source was away', stage: 'doctors' } as const
  assert.equal(
    whatHappened(liveRun({ state: 'failed', failure: broken }), beside()),
    'The run failed while reading doctors: the source was away.',
  )
})

test('there is something to do about a run that failed or is held back, until somebody decided', () => {
  const failure = { code: 'CHECK_UNLIKE', reason: 'fewer rows', stage: 'checking' } as const
  const heldBack = liveRun({ state: 'held back', failure })
  assert.match(whatToDo(heldBack) ?? '', /make the run live/)
  assert.equal(whatToDo({ ...heldBack, decision: { action: 'discarded', by: 'Ada', why: '', at: null } }), null)
  assert.equal(whatToDo(liveRun()), null)
})

test('every state has a sentence that ends as one', () => {
  for (const state of [...STAGES, ...ENDS]) {
    for (const run of [aRun({ state }), liveRun({ state })] satisfies Run[]) {
      const sentence = whatHappened(run, beside())
      assert.match(sentence, /^[A-Z].*[^.]\.$/s, `${state}: ${sentence}`)
      assert.doesNotMatch(sentence, /undefined|null|NaN/)
    }
  }
})

test('stages are rows: done, running, and those to come', () => {
  const rows = stageRows(READING, SOON)
  assert.deepEqual(
    rows.map(({ name, state, rows: figure, expected, percent, time }) => [
      name,
      state,
      figure,
      expected,
      percent,
      time,
    ]),
    [
      ['Trainees', 'Done', '19,950', '19,950', 100, 'took 1.9 seconds'],
      ['Doctors', 'Running', '12,400', '20,000', 62, 'about 2 seconds left'],
      ['Lists', 'Not started', '', '', null, ''],
      ['Checks', 'Not started', '', '', null, ''],
      ['Catching up', 'Not started', '', '', null, ''],
      ['Going live', 'Not started', '', '', null, ''],
    ],
  )
  const failure = { code: 'SOURCE_FAILED', reason: '', stage: 'doctors' } as const
  const stages = { ...READING.stages, doctors: aStage(2, { rows: 12_400, finishedAt: SOON }) }
  const stopped = stageRows({ ...READING, stages, state: 'failed', failure }, NOW)
  assert.equal(stopped[1]?.state, 'Stopped')
  assert.equal(stageRows({ ...READING, state: 'failed', failure }, NOW)[1]?.time, '')
})

test('trainees without a doctor, written at the end of doctors, count among its rows', () => {
  const doctors = aStage(2, { rows: 20_000, unjoined: { written: 500, of: 2_000 } })
  const [, row] = stageRows({ ...READING, stages: { ...READING.stages, doctors } }, SOON)
  assert.deepEqual([row?.rows, row?.expected, row?.percent], ['20,500', '22,000', 93])
})

test('stage lists counts the rows of tables while they are filled, and nothing where lists are views', () => {
  const lists = aStage(2, { rows: 12_400 })
  const filling = aRun({ state: 'lists', stages: { lists } })
  assert.equal(whatHappened(filling, beside({ now: SOON })), 'Filling the lists: 12,400 of 20,000.')
  const row = stageRows(filling, SOON).find(({ name }) => name === 'Lists')
  assert.deepEqual([row?.rows, row?.expected, row?.percent, row?.messages], ['12,400', '20,000', 62, ''])
  const counting = { ...filling, stages: { lists: aStage(2, { rows: 0, expected: null }) } }
  assert.equal(whatHappened(counting, beside({ now: SOON })), 'The services count the rows of their lists.')
  assert.equal(stageRows(counting, SOON).find(({ name }) => name === 'Lists')?.rows, '')
})

test('progress names the stage and its place', () => {
  const progress = runProgress(READING, SOON)
  assert.equal(progress?.stage, 'Doctors, stage 2 of 6')
  assert.equal(progress.rows, '12,400 of 20,000 rows')
  assert.equal(progress.failed, '2 failed rows')
  assert.equal(runProgress(liveRun(), NOW), null)
  assert.equal(runProgress(aRun(), SOON)?.stage, 'Waiting')
})

test('figures that move have the ids of the page, and are none once the run is over', () => {
  const figures = runFigures(READING, SOON)
  assert.equal(figures['stage-doctors-rows'], '12,400')
  assert.equal(figures['stage-doctors-bar'], 62)
  assert.equal(figures['run-for'], 'Running for 4 seconds')
  assert.equal('stage-lists-rows' in figures, false)
  assert.equal(overviewFigures(READING, SOON)['run-bar'], 62)
  assert.deepEqual([runFigures(liveRun(), NOW), overviewFigures(liveRun(), NOW)], [{}, {}])
})
