import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunFacts } from '../../../src/console/pages/run/facts.ts'
import { codeInWords } from '../../../src/console/pages/run/failures.ts'
import { runModel } from '../../../src/console/pages/run/model.ts'
import type { Table } from '../../../src/console/components/table.ts'
import type { Installation, Run } from '../../../src/ports/run-ledger.ts'
import { AWAY, known } from '../overview/facts.ts'
import { AT_FIVE, aRun, aStage, evidence, installationOf, liveRun, NOW } from '../runs/a-run.ts'

const LIVE = liveRun()
const REASON = 'differs from the live run: rows of masterdoctorindex: 12 % fewer (before 10000, now 8800)'
const HELD = liveRun({
  id: 'held',
  generation: 'g-held',
  state: 'held back',
  failure: { code: 'CHECK_UNLIKE', reason: REASON, stage: 'checking' },
  evidence: evidence(
    { indexes: { masterdoctorindex: 8_800 } },
    {
      comparedWith: { run: LIVE.id },
      refusal: { code: 'CHECK_UNLIKE', reason: REASON },
      findings: [
        { figure: 'rows of masterdoctorindex', before: 10_000, now: 8_800, verdict: 'held back', why: '12 % fewer' },
      ],
    },
  ),
})
const RUNNING = aRun({
  state: 'doctors',
  stages: {
    trainees: aStage(0, { finishedAt: AT_FIVE + 2_000, rows: 20_000, messages: 40 }),
    doctors: aStage(2, { rows: 12_400, messages: 25 }),
  },
})

function model(run: Run, differing: Partial<RunFacts> = {}, mayOperate = true, now = NOW) {
  const facts: RunFacts = {
    run,
    isRecorded: true,
    installation: known(installationOf(LIVE)),
    lease: known({ holder: 'integration-1', term: 1, until: now + 1_000 }),
    live: known(LIVE),
    comparedWith: known(LIVE),
    failures: known({ total: 0, first: [] }),
    ...differing,
  }
  return runModel(facts, { now, mayOperate, json: { id: run.id } })
}

const kept = (differing: Partial<Installation>) => ({ installation: known(installationOf(LIVE, differing)) })
const HELD_BACK = kept({ heldBack: { generation: 'g-held', run: 'held' } })
const texts = (table: Table | null): string[][] => table?.rows.map((row) => row.map(({ text = '' }) => text)) ?? []
const actions = (shown: ReturnType<typeof model>) => shown.actions.map(({ text, href }) => `${text} ${href}`)
const about = (shown: ReturnType<typeof model>, key: string) => shown.about.find((row) => row.key === key)?.value

test('a run in progress can be cancelled, and says what is live meanwhile', () => {
  const shown = model(RUNNING, {}, true, AT_FIVE + 4_000)
  assert.equal(shown.sentence, 'Reading doctors: 12,400 of 20,000.')
  assert.equal(shown.runningFor, 'running for 4 seconds')
  assert.equal(
    shown.meanwhile,
    'What is live meanwhile: data of 26 November 2026. It stays live until this run has passed its checks.',
  )
  assert.deepEqual(actions(shown), ['Cancel the run /console/runs/20261126t050400-1c85/cancel'])
  assert.deepEqual([shown.checks, shown.counts, shown.movement], [null, null, null])
  assert.deepEqual(texts(shown.messages), [
    ['Trainees', '40', '0'],
    ['Doctors', '25', '0'],
  ])
  assert.deepEqual(actions(model({ ...RUNNING, state: 'promoting' })), [])
})

test('a run whose record is not there yet was asked for a moment ago', () => {
  const shown = model(aRun(), { isRecorded: false })
  assert.equal(shown.sentence, 'The run was asked for a moment ago.')
  assert.equal(shown.isInProgress, true)
})

test('a run that is held back says why, what to do, and what can be decided', () => {
  const shown = model(HELD, HELD_BACK)
  assert.deepEqual(
    shown.tags.map(({ word }) => word),
    ['Held back'],
  )
  assert.match(shown.sentence, /^The run finished, but it was held back: /)
  assert.match(shown.toDo ?? '', /make the run live/)
  assert.deepEqual(actions(shown), [
    'See what would change /console/runs/held/preview',
    'Make it live /console/runs/held/promote',
    'Discard it /console/runs/held/discard',
  ])
  assert.match(shown.checks?.sentence ?? '', /may not go live automatically/)
  assert.deepEqual(texts(shown.checks?.likeness ?? null), [
    ['Rows of Master', '10,000', '8,800', '12 % fewer', 'Holds the run back'],
  ])
  assert.equal(
    shown.checks?.likenessSentence,
    'Compared with the run of 26 November 2026, 5:04am: 1 figure differs more than usual.',
  )
})

test('a held-back run that missed a change, or is being discarded, cannot be made live', () => {
  const stale = { 'g-held': { reason: 'the disk was full', at: NOW } }
  const heldBack = { generation: 'g-held', run: 'held' }
  assert.deepEqual(
    model(HELD, kept({ heldBack, stale })).actions.map(({ text }) => text),
    ['See what would change', 'Discard it'],
  )
  assert.deepEqual(actions(model(HELD, kept({ heldBack, discarding: 'request' }))), [])
  assert.deepEqual(actions(model(HELD)), [])
})

test('what is live can be rolled back if there is an earlier run; a failed run can be tried again', () => {
  const previous = { generation: 'g-0', run: 'earlier' }
  assert.deepEqual(actions(model(LIVE, kept({ previous }))), ['Roll back /console/rollback'])
  assert.deepEqual(actions(model(LIVE)), [])
  const failure = { code: 'SOURCE_FAILED', reason: 'the source was away', stage: 'doctors' } as const
  const failed = liveRun({ id: 'failed', state: 'failed', failure })
  assert.deepEqual(actions(model(failed)), ['Start another run /console/runs/new'])
  assert.deepEqual(actions(model(failed, kept({ currentRun: aRun() }))), [])
})

test('support sees everything, and is told who may decide', () => {
  const shown = model(HELD, HELD_BACK, false)
  assert.deepEqual(shown.actions, [])
  assert.match(shown.noActions ?? '', /^Only operators/)
  assert.equal(model(LIVE, {}, false).noActions, null)
})

test('the checks are shown with both figures, and what was compared', () => {
  const { checks, counts, parts } = model(LIVE)
  assert.equal(checks?.sentence, 'All checks passed.')
  assert.deepEqual(texts(checks.figures)[0], ['Trainees reported and received', '9,000', '9,000', 'Same'])
  assert.deepEqual(checks.notes, [
    'Contents of 40 messages were compared: all are as they were sent.',
    '100 rows were read back: all are as they were written.',
  ])
  assert.equal(checks.likenessSentence, 'Not compared with an earlier run: nothing was live.')
  assert.deepEqual(texts(counts)[0], ['Master', '10,000', 'No earlier run'])
  assert.match(parts, /^9,000 rows have a trainee/)
})

test('rows of lists are compared with the run that was live then, if its record is still there', () => {
  assert.deepEqual(texts(model(HELD).counts)[0], ['Master', '8,800', '−1,200'])
  assert.deepEqual(texts(model(HELD, { comparedWith: known(null) }).counts)[0], ['Master', '8,800', 'Not known'])
})

test('failed rows are counted by reason, and the first of them listed without what they quote', () => {
  const row = { run: LIVE.id, generation: 'g-live', stage: 'doctors', at: NOW, code: 'ROW_DATE_IMPOSSIBLE' } as const
  const first = ['gmc-7012345', 'tcs-4711', '17'].map((key) => ({
    ...row,
    key,
    reason: 'submissionDate: "2027-02-30" is not a valid date',
  }))
  const { failures } = model(LIVE, { failures: known({ total: 3, first }) })
  assert.match(failures.sentence, /^3 rows failed/)
  assert.deepEqual(texts(failures.byCode), [['Date impossible', '3', 'Correct the date in the source.']])
  assert.deepEqual(
    failures.rows?.rows.map(([cell]) => [cell?.text, cell?.href]),
    [
      ['Doctor 7012345', '/console/doctors/gmc-7012345'],
      ['Trainee 4711', '/console/doctors/tcs-4711'],
      ['17', undefined],
    ],
  )
  assert.doesNotMatch(JSON.stringify(failures), /2027-02-30/)
  assert.equal(model(LIVE, { failures: AWAY }).failures.sentence, 'Not known')
  assert.equal(codeInWords('CHECK_UNLIKE'), 'Check unlike')
})

test('what happened is told newest first, with who did what and why', () => {
  const decision = { action: 'promoted', by: 'Ada Okafor, console', why: 'checked', at: NOW - 60_000 } as const
  const promoted = liveRun({ id: 'held', generation: 'g-held', failure: HELD.failure, decision })
  const to = { generation: 'g-held', run: 'held' }
  const { history } = installationOf(promoted)
  const [move] = history
  assert.ok(move !== undefined)
  const byHand = { ...move, to, request: 'request', by: decision.by, why: 'checked', at: NOW - 60_000 }
  const back = {
    ...byHand,
    kind: 'rollback',
    from: to,
    to: { generation: 'g-0', run: 'earlier' },
    why: 'wrong',
    at: NOW,
  } as const
  const { timeline } = model(promoted, kept({ history: [back, byHand] }))
  assert.deepEqual(
    timeline.map(({ title, by = '', lines = [] }) => [title, by, ...lines]),
    [
      ['Rolled back to the run before', 'Ada Okafor', 'wrong'],
      ['Went live', 'Ada Okafor', 'checked'],
      ['Held back', '', REASON],
      ['Checks finished', ''],
      ['Lists finished', ''],
      ['Doctors finished', ''],
      ['Trainees finished', ''],
      ['Asked for', 'the schedule'],
    ],
  )
  assert.equal(timeline[0]?.time?.text, '11:12:00am today')
})

test('restarts are counted and dated', () => {
  const restarts = [{ cause: 'fault', reason: 'the store was away', at: AT_FIVE + 1_000 }] as const
  const shown = model({ ...RUNNING, restarts })
  assert.equal(about(shown, 'Restarted')?.text, '1 time')
  assert.deepEqual(shown.timeline.at(-2)?.lines, ['the store was away'])
})

test('while the installation is not known, nothing can be decided, and what is live is not claimed', () => {
  const shown = model(HELD, { installation: AWAY, live: AWAY })
  assert.deepEqual(shown.actions, [])
  assert.equal(model(RUNNING, { installation: AWAY, live: AWAY }).meanwhile, 'What is live meanwhile: not known.')
})
