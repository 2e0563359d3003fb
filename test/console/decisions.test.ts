import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import type { Run } from '../../src/ports/run-ledger.ts'
import { requestRun } from '../../src/sync/lead/run-request.ts'
import { readInstallation, readRun } from '../../src/sync/records.ts'
import { Gate } from '../faults/gate.ts'
import { heldBeforeReading } from '../faults/held-backends.ts'
import { runEnd, runToEnd, until } from '../app/job/workplace.ts'
import { ConsoleInstallation } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const EVIL = '<script>alert(1)</script>'
const WHY = { why: 'checked with the team' }

suite('decisions', () => {
  let console: ConsoleInstallation
  const gate = new Gate()
  const owner = suiteOwner()
  const ledger = () => console.http.worker.context.ledger
  const installation = () => readInstallation(ledger())
  const run = (wish: Parameters<typeof runToEnd>[2] = {}) => runToEnd(console.http.worker, undefined, wish)
  const preview = async (): Promise<Run> => run({ purpose: 'preview' })

  before(async () => {
    console = await ConsoleInstallation.make(owner, {}, (backends) => heldBeforeReading(backends, 'doctorSource', gate))
  })

  test('a run in progress can be cancelled; one that is over cannot', async () => {
    const { context, integration } = console.http.worker
    const { id } = await requestRun(context, { by: EVIL, day: '2026-06-01' })
    const ended = runEnd(context.events, id)
    integration?.wake()
    await until(async () => (await ledger().read('run', id))?.value.state === 'doctors')
    const page = await console.get(`/console/runs/${id}/cancel`)
    assert.match(page.html, /<h1>Cancel this run<\/h1>/)
    assert.match(page.html, /Go on with the run/)
    assert.match(page.html, /20 rows/)
    assert.doesNotMatch(page.html, /<script>alert/)
    const cancelled = await console.submit(page, `/console/runs/${id}/cancel`, WHY)
    assert.equal(cancelled.status, 303)
    gate.open()
    assert.equal((await ended).state, 'cancelled')
    const late = await console.get(`/console/runs/${id}/cancel`)
    assert.equal(late.status, 409)
    assert.match(late.html, /The run has already ended/)
    await run()
  })

  test('without an earlier run there is nothing to roll back to', async () => {
    const page = await console.get('/console/rollback')
    assert.equal(page.status, 409)
    assert.match(page.html, /There is no earlier generation to go back to/)
  })

  test('a run goes live with a reason, once, though its form is sent twice; then it can be rolled back', async () => {
    const before = await installation()
    await console.http.place.loadFew({ trainees: 21, doctors: 21 })
    const { id } = await preview()
    const page = await console.get(`/console/runs/${id}/promote`)
    assert.equal(page.status, 200)
    assert.match(page.html, /<h1>Make this run live<\/h1>/)
    assert.match(page.html, /26 rows \(\+1 compared with now\)/)
    assert.match(page.html, /<caption[^>]*>\s*What happens to the lists/)

    const answers = await Promise.all([
      console.submit(page, `/console/runs/${id}/promote`, WHY),
      console.submit(page, `/console/runs/${id}/promote`, WHY),
    ])
    for (const answer of answers) {
      assert.equal(answer.status, 303)
      assert.equal(answer.headers.get('location'), `/console/runs/${id}`)
    }
    const promoted = await installation()
    assert.equal(promoted.live?.run, id)
    assert.equal(promoted.history.length, before.history.length + 1)
    assert.equal(promoted.history[0]?.why, WHY.why)
    assert.equal(promoted.history[0].by, 'anyone on this machine, console')
    // Whatever page comes next shows the banner.
    assert.match((await console.get('/console/help')).html, /The run is live\. The lists show data of/)
    const [entry] = await ledger().audit(1)
    assert.partialDeepStrictEqual(entry, {
      what: 'POST /console/runs/:id/promote',
      why: WHY.why,
      result: { outcome: 'done' },
    })

    const back = await console.get('/console/rollback')
    assert.match(back.html, /<h1>Go back to the run before<\/h1>/)
    assert.match(back.html, /25 rows \(−1 compared with now\)/)
    const rolledBack = await console.submit(back, '/console/rollback', WHY)
    assert.equal(rolledBack.headers.get('location'), '/console')
    assert.equal((await installation()).live?.run, before.live?.run)
    assert.match((await console.get('/console/help')).html, /Rolled back\. The lists show data of/)
  })

  test('a decision needs a reason; what was typed stays, escaped', async () => {
    const { id } = await preview()
    const page = await console.get(`/console/runs/${id}/discard`)
    const path = `/console/runs/${id}/discard`
    const none = await console.submit(page, path, { why: '  ' })
    assert.equal(none.status, 400)
    assert.match(none.html, /<title>Error: Discard this run – /)
    assert.match(none.html, /There is a problem/)
    assert.match(none.html, /<a href="#why">\s*Enter why you are discarding it/)
    const long = await console.submit(page, path, { why: `${EVIL}${'x'.repeat(500)}` })
    assert.equal(long.status, 400)
    assert.match(long.html, /The reason must be 500 characters or fewer/)
    assert.match(long.html, /&lt;script&gt;alert\(1\)/)
    assert.doesNotMatch(long.html, /<script>alert/)
    assert.equal((await installation()).heldBack?.run, id)

    // The page with the error decides on what was seen at first.
    const discarded = await console.submit(long, path, { why: `${EVIL}\r\n${'x'.repeat(400)}` })
    assert.equal(discarded.status, 303)
    assert.equal((await readRun(ledger(), id)).decision?.why, `${EVIL}\n${'x'.repeat(400)}`)
    const late = await console.get(path)
    assert.equal(late.status, 409)
    assert.match(late.html, /This run is not held back any more/)
  })

  test('what was decided on something else is not done, and the page says what changed', async () => {
    const first = await preview()
    const page = await console.get(`/console/runs/${first.id}/promote`)
    const second = await preview()
    const live = (await installation()).live?.run
    const answer = await console.submit(page, `/console/runs/${first.id}/promote`, WHY)
    assert.equal(answer.status, 409)
    assert.match(answer.html, /<h1>Something changed while you were deciding<\/h1>/)
    assert.match(answer.html, new RegExp(`Held back[\\s\\S]*runs/${first.id}[\\s\\S]*runs/${second.id}`))
    assert.equal((await installation()).live?.run, live)
    const [entry] = await ledger().audit(1)
    assert.partialDeepStrictEqual(entry, { result: { outcome: 'refused', code: 'STATE_CHANGED' } })

    const empty = await console.submit(page, `/console/runs/${second.id}/discard`, { ...WHY, seen: '', request: 'r1' })
    assert.equal(empty.status, 409)
    assert.equal((await installation()).heldBack?.run, second.id)
  })

  test('a smaller run interrupts first', async () => {
    await console.http.place.loadFew({ doctors: 0 })
    const { id, failure } = await run()
    assert.equal(failure?.code, 'CHECK_SOURCE_EMPTY')
    // The preview before is kept.
    const held = (await installation()).heldBack?.run ?? ''
    const old = await console.get(`/console/runs/${held}/discard`)
    await console.submit(old, `/console/runs/${held}/discard`, WHY)
    const again = held === id ? { id } : await run()
    const first = await console.get(`/console/runs/${again.id}/promote`)
    assert.equal(first.status, 200)
    assert.match(first.html, /Are you sure that the source should be empty\?/)
    assert.doesNotMatch(first.html, /<textarea/)
    const page = await console.get(`/console/runs/${again.id}/promote?sure=yes`)
    assert.match(page.html, /<h1>Make this run live<\/h1>/)
    const discarding = await console.get(`/console/runs/${again.id}/discard`)
    assert.equal((await console.submit(discarding, `/console/runs/${again.id}/discard`, WHY)).status, 303)
    await console.http.place.loadFew()
  })

  test('a run that does not exist is not found', async () => {
    for (const what of ['promote', 'discard', 'cancel'])
      assert.equal((await console.get(`/console/runs/nobody/${what}`)).status, 404)
  })
})
