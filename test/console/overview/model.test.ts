import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overviewModel } from '../../../src/console/pages/overview/model.ts'
import type { OverviewFacts } from '../../../src/console/pages/overview/facts.ts'
import { AT_FIVE, aRun, aStage, changesStatus, evidence, installationOf, liveRun, NOW } from '../runs/a-run.ts'
import { allIsWell, AWAY, known } from './facts.ts'

const model = (differing: Partial<OverviewFacts> = {}, mayOperate = true) =>
  overviewModel(allIsWell(differing), { now: NOW, staleMs: Infinity, mayOperate })

const EARLIER = liveRun({
  id: 'earlier',
  generation: 'g-earlier',
  day: '2026-11-25',
  evidence: evidence({ indexes: { connectedindex: 8_003 } }),
})
const WITH_EARLIER = {
  installation: known(installationOf(liveRun(), { previous: { generation: 'g-earlier', run: 'earlier' } })),
  previous: known(EARLIER),
}

test('what is live is told line by line', () => {
  const { live } = model(WITH_EARLIER)
  assert.equal(live?.data, '26 November 2026')
  assert.equal(live.since?.text, '5:04am today')
  assert.equal(live.age, '6 hours ago')
  assert.equal(live.how, 'Passed all checks')
  assert.equal(live.proof, 'Counts and contents match what the sources sent')
  assert.equal(live.changes.count, 'No changes have come in')
  assert.equal(live.undo, 'Data of 25 November 2026, run of 26 November 2026, 5:04am')
})

test('how it went live and how well it is proved depend on the run', () => {
  const live = (run: ReturnType<typeof liveRun>) => model({ live: known(run) }).live
  const decision = { action: 'promoted', by: 'Ada Okafor, console', why: 'checked', at: NOW } as const
  assert.equal(live(liveRun({ decision }))?.how, 'Made live by hand by Ada Okafor: checked')
  assert.equal(live(liveRun({ unproved: ['doctors'] }))?.proof, 'Not proved: the sender of doctors reported no totals')
  const skipped = evidence({}, { digests: { compared: 0, different: 0, skipped: 40 } })
  assert.equal(live(liveRun({ evidence: skipped }))?.proof, 'Counts match, contents were not compared')
  const { history } = installationOf(liveRun())
  const [move] = history
  assert.ok(move !== undefined)
  const rolledBack = { ...move, kind: 'rollback', by: 'Ada Okafor, console', why: 'wrong names' } as const
  const after = model({ installation: known(installationOf(liveRun(), { history: [rolledBack] })) })
  assert.equal(after.live?.how, 'Rolled back to by Ada Okafor: wrong names')
})

test('changes that came in are counted, with the age of the latest', () => {
  const { channels } = changesStatus()
  const doctorChanged = { ...channels.doctorChanged, refreshed: 412, lastRefreshedAt: NOW - 125_000 }
  const { live } = model({ changes: known(changesStatus({ channels: { ...channels, doctorChanged } })) })
  assert.deepEqual(live?.changes, { count: '412 changes since the writer started', last: 'the last 2 minutes ago' })
})

test('lists show their rows and the difference to the run before', () => {
  assert.deepEqual(
    model(WITH_EARLIER).lists.map(({ name, rows, since }) => `${name} ${rows} ${since}`),
    [
      'Master 10,000 no change',
      'Recommendation 10,000 no change',
      'Connected 8,000 −3',
      'Disconnected 2,000 no change',
      'Exception 400 no change',
    ],
  )
  assert.equal(model().lists[0]?.since, 'No earlier run')
  assert.equal(model({ live: AWAY }).lists[0]?.rows, 'Not known')
})

test('a run in progress has its card, and no second run can be started', () => {
  const run = aRun({ state: 'doctors', requestedAt: AT_FIVE, stages: { doctors: aStage(2, { rows: 5_000 }) } })
  const running = model({ current: known(run), installation: known(installationOf(liveRun(), { currentRun: run })) })
  assert.equal(running.run?.rows, '5,000 of 20,000 rows')
  assert.deepEqual(
    running.run.tags.map(({ word }) => word),
    ['Running'],
  )
  assert.deepEqual(
    running.actions.map(({ text }) => text),
    [],
  )
  assert.equal(model().run, null)
})

test('actions: a held-back run is looked at first; without an earlier run there is no way back', () => {
  assert.deepEqual(
    model().actions.map(({ text, isPrimary }) => [text, isPrimary]),
    [['Start a run', true]],
  )
  assert.deepEqual(
    model(WITH_EARLIER).actions.map(({ text }) => text),
    ['Start a run', 'Roll back'],
  )
  const heldBack = { generation: 'g-2', run: 'held' }
  const held = model({ installation: known(installationOf(liveRun(), { heldBack })) })
  assert.deepEqual(
    held.actions.map(({ text, isPrimary }) => [text, isPrimary]),
    [
      ['See what would change', true],
      ['Start a run', false],
    ],
  )
})

test('support is told why there is no button', () => {
  const { actions, noActions } = model(WITH_EARLIER, false)
  assert.deepEqual([actions, noActions], [[], 'Only operators can start a run.'])
})

test('the last run is shown only if it is not the one that is live', () => {
  assert.equal(model().last, null)
  const failure = { code: 'SOURCE_FAILED', reason: 'the source was away', stage: 'doctors' } as const
  const last = model({ last: known(liveRun({ id: 'failed', state: 'failed', failure })) }).last
  assert.equal(last?.sentence, 'The run failed while reading doctors: the source was away.')
  assert.deepEqual(
    last.tags.map(({ word }) => word),
    ['Failed'],
  )
})

test('the next run is told by the schedule, or that there is none', () => {
  assert.equal(model().next.text, 'No schedule is set. Runs start by hand.')
  const next = { at: Date.parse('2026-11-27T05:00:00Z'), words: 'Every day at 5am', missedAt: null }
  const scheduled = model({ next: known(next) }).next
  assert.deepEqual([scheduled.at?.text, scheduled.words], ['5am tomorrow', 'Every day at 5am'])
  assert.equal(model({ next: AWAY }).next.text, 'Not known')
})

test('servers and the writer are a sentence each', () => {
  assert.deepEqual(model().servers, {
    servers: 'All 2 servers are working',
    services: 'Not known',
    writer: 'integration-1 is writing',
  })
})

test('while the ledger is away the page stands, says why, and nothing is said to be wrong or right', () => {
  const away = model({ installation: AWAY, live: AWAY, previous: AWAY, current: AWAY, last: AWAY, changes: AWAY })
  assert.equal(away.live, null)
  assert.equal(away.unknown, 'no answer within 2 seconds (SERVER_UNREACHABLE)')
  assert.ok(away.lists.every(({ rows, since }) => rows === 'Not known' && since === 'Not known'))
  assert.deepEqual(away.attention, [])
  assert.deepEqual(
    away.actions.map(({ text }) => text),
    ['Start a run'],
  )
})
