import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { historyModel, type HistoryFacts } from '../../../src/console/pages/history/model.ts'
import { filterOf, HISTORY_QUERY, hrefOf } from '../../../src/console/pages/history/query.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { runToEnd } from '../../app/job/workplace.ts'
import { ConsoleInstallation } from '../installation.ts'
import { AWAY, known } from '../overview/facts.ts'
import { AT_FIVE, aRun, evidence, installationOf, liveRun, NOW } from '../runs/a-run.ts'
import { suiteOwner } from '../../app/job/suite-owner.ts'

const DAY = 24 * 60 * 60_000
const filter = (query: object = {}) => filterOf(HISTORY_QUERY.parse(query))

/** A run some days ago, that took 23 seconds and made 10,000 rows unless a test says otherwise. */
function runOf(daysAgo: number, differing: Partial<Run> = {}): Run {
  const requestedAt = AT_FIVE - daysAgo * DAY
  const day = new Date(requestedAt).toISOString().slice(0, 10)
  return liveRun({ id: `run-${daysAgo}`, day, requestedAt, finishedAt: requestedAt + 23_000, ...differing })
}

const FAILED = { code: 'SOURCE_FAILED', reason: 'the source was away', stage: 'doctors' } as const
const PROMOTED = { action: 'promoted', by: 'Ada Okafor, console', why: 'checked with TCS', at: NOW } as const
const RUNS: readonly Run[] = [
  runOf(0, { evidence: evidence({ indexes: { masterdoctorindex: 10_012 } }) }),
  runOf(1, { state: 'failed', failure: FAILED, evidence: null }),
  runOf(2, {
    decision: PROMOTED,
    finishedAt: AT_FIVE - 2 * DAY + 60_000,
    failure: { ...FAILED, code: 'CHECK_UNLIKE' },
  }),
  runOf(3, { state: 'discarded', failure: FAILED, decision: { ...PROMOTED, action: 'discarded' } }),
]

function model(runs: readonly Run[] = RUNS, query: object = {}, differing: Partial<HistoryFacts> = {}) {
  const [newest = liveRun()] = runs
  const facts = { runs: known(runs), installation: known(installationOf(newest)), ...differing }
  return historyModel(facts, filter(query), { mayOperate: true })
}

type Shown = ReturnType<typeof model>
const ids = ({ table }: Shown) => table?.rows.map(([run]) => run?.href?.replace('/console/runs/', '')) ?? []
const column = ({ table }: Shown, index: number) => table?.rows.map((row) => row[index]) ?? []

test('runs are listed newest first, with state, figures, who asked and a note', () => {
  const shown = model()
  assert.deepEqual(ids(shown), ['run-0', 'run-1', 'run-2', 'run-3'])
  assert.deepEqual(
    column(shown, 1).map((cell) => cell?.tags?.map(({ word }) => word)),
    [['Live now'], ['Failed'], ['Was live', 'Promoted by hand'], ['Discarded']],
  )
  assert.deepEqual(
    column(shown, 3).map((cell) => cell?.text),
    ['23 seconds', '23 seconds', '60 seconds', '23 seconds'],
  )
  assert.deepEqual(column(shown, 4), [
    { text: '10,012', lines: ['+12'] },
    { text: 'None made' },
    { text: '10,000', lines: ['no change'] },
    { text: '10,000' },
  ])
  assert.deepEqual(
    column(shown, 7).map((cell) => cell?.text),
    ['', 'the source was away', 'checked with TCS', 'checked with TCS'],
  )
})

test('a long note is cut, also where a character is two', () => {
  const long = runOf(0, { decision: { ...PROMOTED, why: '😀'.repeat(100) } })
  const [note] = column(model([long]), 7)
  assert.equal(Array.from(note?.text ?? '').length, 80)
  assert.ok(note?.text?.isWellFormed())
})

test('filters: by state, by how it went live, and by day', () => {
  assert.deepEqual(ids(model(RUNS, { state: 'failed' })), ['run-1'])
  assert.deepEqual(ids(model(RUNS, { state: ['failed', 'held back'] })), ['run-1', 'run-3'])
  assert.deepEqual(ids(model(RUNS, { how: 'hand' })), ['run-2'])
  assert.deepEqual(ids(model(RUNS, { how: 'checks' })), ['run-0'])
  const days = {
    'from-day': '24',
    'from-month': '11',
    'from-year': '2026',
    'to-day': '25',
    'to-month': '11',
    'to-year': '2026',
  }
  assert.deepEqual(ids(model(RUNS, days)), ['run-1', 'run-2'])
  assert.deepEqual(ids(model(RUNS, { state: 'nonsense', how: 'nonsense', page: 'nonsense' })).length, 4)
})

test('a day that the calendar does not have is an error at its field, and filters nothing', () => {
  const wrong = filter({ 'from-day': '31', 'from-month': '2', 'from-year': '2026' })
  assert.deepEqual(
    wrong.errors.map(({ field }) => field),
    ['from-day'],
  )
  assert.equal(wrong.from, null)
  assert.equal(wrong.typed.from.day, '31')
  assert.deepEqual(filter({ 'from-day': ' ', 'to-day': '' }).errors, [])
})

test('the slowest first, if asked for; links keep the filter', () => {
  const slowest = model(RUNS, { order: 'took', how: 'checks', state: 'live' })
  assert.equal(slowest.order.href, '/console/runs?state=live&how=checks')
  assert.deepEqual(ids(model(RUNS, { order: 'took' })), ['run-2', 'run-0', 'run-1', 'run-3'])
  assert.equal(hrefOf(filter({ 'from-day': '1' }), { page: 2 }), '/console/runs?from-day=1&page=2')
})

test('25 runs a page, numbered; the charts have the last thirty of the filter', () => {
  const many = Array.from({ length: 60 }, (_, daysAgo) => runOf(daysAgo))
  const second = model(many, { page: '2' })
  assert.equal(second.found, '60 runs')
  assert.deepEqual([ids(second)[0], ids(second).length], ['run-25', 25])
  assert.equal(second.pages?.next?.href, '/console/runs?page=3')
  assert.deepEqual(
    second.figures.map(({ table }) => table.rows.length),
    [30, 30],
  )
  assert.equal(ids(model(many, { page: '99' })).length, 10)
})

test('charts leave out verifications and a run in progress', () => {
  const verified = runOf(1, { purpose: 'verify', state: 'verified' })
  const running = aRun({ id: 'running', state: 'doctors' })
  const { figures, table } = model([running, runOf(0), verified])
  assert.equal(figures[0]?.caption, 'The last run took 23 seconds.')
  assert.equal(table?.rows[0]?.[3]?.text, 'In progress')
  assert.deepEqual(model([]).figures, [])
})

test('without runs, and with a filter that none matches, it says so', () => {
  assert.match(model([]).empty ?? '', /^No runs yet/)
  assert.equal(model(RUNS, { state: 'cancelled' }).empty, 'No runs match.')
  const away = model([], {}, { runs: AWAY, installation: AWAY })
  assert.equal(away.empty, null)
  assert.match(away.unknown ?? '', /no answer/)
})

suite('the page of all runs', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })

  test('lists the runs with charts, and filters them', async () => {
    assert.match((await console.get('/console/runs')).html, /No runs yet/)
    const { id } = await runToEnd(console.http.worker)
    const { html } = await console.get('/console/runs')
    assert.match(html, new RegExp(`href="/console/runs/${id}"`))
    assert.equal(html.match(/<svg class="reval-chart /g)?.length, 4)
    for (const region of ['charts', 'table']) assert.match(html, new RegExp(`data-region="${region}"`))
    const found = [...html.matchAll(/ id="([^"]*)"/g)].map(([, each]) => each)
    assert.deepEqual(found, [...new Set(found)])
    const none = await console.get('/console/runs?state=failed')
    assert.match(none.html, /No runs match\. <a href="\/console\/runs">Clear filters/)
  })

  test('beyond the last page it leads to the last page, and a wrong day is an error at its field', async () => {
    const beyond = await console.get('/console/runs?page=9')
    assert.deepEqual([beyond.status, beyond.headers.get('location')], [303, '/console/runs'])
    const wrong = await console.get('/console/runs?from-day=31&from-month=2&from-year=2026')
    assert.equal(wrong.status, 400)
    assert.match(wrong.html, /<title>Error: Runs/)
    assert.equal(wrong.html.match(/First day must be a real date/g)?.length, 2)
    assert.match(wrong.html, /id="from-day"/)
  })
})
