import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { startModel, NOTHING_TYPED } from '../../../src/console/pages/start/model.ts'
import type { StartFacts } from '../../../src/console/pages/start/facts.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import { runEnd, until } from '../../app/job/workplace.ts'
import { ConsoleInstallation, hiddenFields } from '../installation.ts'
import { AWAY, known } from '../overview/facts.ts'
import { aRun, installationOf, liveRun, NOW } from '../runs/a-run.ts'
import { suiteOwner } from '../../app/job/suite-owner.ts'

const facts = (differing: Partial<StartFacts> = {}): StartFacts => ({
  installation: known(installationOf(liveRun())),
  live: known(liveRun()),
  lease: known({ holder: 'integration-1', term: 1, until: NOW + 1_000 }),
  next: known({ at: Date.parse('2026-11-27T05:00:00Z'), words: 'Every day at 5am', missedAt: null }),
  ...differing,
})
const model = (differing: Partial<StartFacts> = {}, rowsPerSecond = 0) =>
  startModel(facts(differing), { now: NOW, rowsPerSecond, typed: NOTHING_TYPED })
const detail = (of: ReturnType<typeof model>, key: string) => of.details.find((row) => row.key === key)?.value.text

test('the page says what a run is for, how long it takes, and what comes next', () => {
  const shown = model()
  assert.equal(shown.takes, 'It takes about 23 seconds.')
  assert.equal(detail(shown, 'Day'), 'Thursday 26 November 2026 (today in London)')
  assert.equal(detail(shown, 'Last run that went live'), '5:04am today, took 23 seconds')
  assert.equal(detail(shown, 'Next run'), '5am tomorrow')
  assert.equal(detail(shown, 'Speed limit'), 'No limit')
  assert.equal(detail(model({}, 1_000), 'Speed limit'), '1,000 rows a second')
})

test('before the first run, and without a schedule, it says so', () => {
  const first = model({ live: known(null), next: known(null) })
  assert.equal(first.takes, '')
  assert.equal(detail(first, 'Last run that went live'), 'None yet')
  assert.equal(detail(first, 'Next run'), 'No schedule is set')
})

test('it says what stands in the way', () => {
  assert.equal(model().waits, null)
  assert.match(model({ lease: known(null) }).waits ?? '', /^No integration process is writing/)
  assert.match(model({ installation: AWAY, live: AWAY, lease: AWAY }).waits ?? '', /no answer within 2 seconds/)
  assert.equal(
    model({ installation: known(installationOf(liveRun(), { currentRun: aRun() })) }).running?.href,
    '/console/runs/20261126t050400-1c85',
  )
  const stillSending = [{ stage: 'trainees', run: 'earlier', since: NOW, hasEnded: false }] as const
  assert.equal(model({ installation: known(installationOf(liveRun(), { stillSending })) }).stillSending, 'trainees')
})

suite('starting a run', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })
  const context = () => console.http.worker.context
  const started = (location: string | null) => decodeURIComponent(location?.replace('/console/runs/', '') ?? '')

  test('the form starts one run, however often it is sent, and leads to it', async () => {
    const page = await console.get('/console/runs/new')
    assert.equal(page.status, 200)
    const answers = [
      await console.submit(page, '/console/runs', { then: 'live' }),
      await console.submit(page, '/console/runs', { then: 'live' }),
    ]
    const [first, second] = answers.map(({ headers }) => headers.get('location'))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303],
    )
    assert.equal(first, second)
    const id = started(first ?? null)
    await until(async () => (await context().ledger.read('run', id))?.value.finishedAt !== null)
    const run = (await context().ledger.read('run', id))?.value
    assert.equal(run?.state, 'live')
    assert.equal(run.requestedBy, 'anyone on this machine, console')
  })

  test('a run can be held back on purpose', async () => {
    const page = await console.get('/console/runs/new')
    const answer = await console.submit(page, '/console/runs', { then: 'hold', expect: ' moved to new software ' })
    const id = started(answer.headers.get('location'))
    await until(async () => (await context().ledger.read('run', id))?.value.finishedAt !== null)
    const run = (await context().ledger.read('run', id))?.value
    assert.deepEqual([run?.state, run?.purpose, run?.expect], ['held back', 'preview', 'moved to new software'])
  })

  test('a run that is in progress already is shown instead', async () => {
    const current = aRun({ requestedBy: 'the schedule', id: 'in-progress' })
    const page = await console.get('/console/runs/new')
    // Not a real one: it would be over before the form is sent.
    await changeInstallation(context().ledger, (installation) => ({ ...installation, currentRun: current }))
    const ended = runEnd(context().events, current.id)
    const answer = await console.submit(page, '/console/runs', { then: 'live' })
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.get('location'), '/console/runs/in-progress')
    await ended
  })

  test('a form without a choice, or with a text that is too long, starts nothing and keeps what was typed', async () => {
    const page = await console.get('/console/runs/new')
    const long = await console.submit(page, '/console/runs', { then: 'hold', expect: 'x'.repeat(1_001) })
    assert.equal(long.status, 400)
    assert.match(long.html, /<title>Error: Start a run/)
    assert.match(long.html, /href="#expect">\s*Enter at most 1,000 characters/)
    assert.match(long.html, /value="hold" checked/)
    assert.equal((await console.submit(page, '/console/runs', {})).status, 400)
  })

  test('while a sender may still be sending, somebody has to say how they know that it stopped', async () => {
    const stillSending = [{ stage: 'trainees', run: 'earlier', since: NOW, hasEnded: false }] as const
    const before = await console.get('/console/runs/new')
    await changeInstallation(context().ledger, (installation) => ({ ...installation, stillSending }))
    const refused = await console.submit(before, '/console/runs', { then: 'live' })
    assert.equal(refused.status, 400)
    assert.match(refused.html, /Enter how you know that the sender has stopped/)
    assert.notEqual(hiddenFields(refused.html).request, hiddenFields(before.html).request)
    const answer = await console.submit(refused, '/console/runs', { then: 'live', senderGone: 'it was switched off' })
    assert.equal(answer.status, 303)
    const id = started(answer.headers.get('location'))
    await until(async () => (await context().ledger.read('run', id))?.value.finishedAt !== null)
  })
})
