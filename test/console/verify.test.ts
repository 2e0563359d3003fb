import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { runEnd, runToEnd } from '../app/job/workplace.ts'
import { plantInTableOf } from '../adapters/index-store/sqlite-planting.ts'
import { addToLive, ODD, SCRIPTS } from './hostile-rows.ts'
import { ConsoleInstallation } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

suite('checking the live lists', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  const ledger = () => console.http.worker.context.ledger

  before(async () => {
    console = await ConsoleInstallation.make(owner, { REVAL_LISTS: 'tables' })
  })

  /** The run that a form started, once it has ended. */
  const ended = async () => {
    const { currentRun } = await console.http.place.installation()
    const id = currentRun?.id ?? (await ledger().runs(1))[0]?.id ?? ''
    const over = runEnd(console.http.worker.context.events, id)
    const now = (await ledger().read('run', id))?.value
    if (now?.finishedAt === null || now === undefined) return over
    return now
  }

  test('nothing was checked yet, and nothing can be before the first run', async () => {
    const page = await console.get('/console/verify')
    assert.equal(page.status, 200)
    assert.match(page.html, /Not checked yet\./)
    const refused = await console.submit(page, '/console/verify')
    assert.equal(refused.status, 409)
    assert.match(refused.html, /Nothing is live yet/)
    assert.equal((await console.get('/console/verify/repair')).status, 409)
  })

  test('a check finds the rows that differ; a repair puts them right', async () => {
    await runToEnd(console.http.worker)
    await addToLive(console.http.worker, [SCRIPTS, ODD])
    const page = await console.get('/console/verify')
    const started = await console.submit(page, '/console/verify')
    assert.equal(started.status, 303)
    assert.match((await console.follow(started)).html, /The check has started\./)
    const run = await ended()
    assert.equal(run.state, 'verified')
    // The same form again starts no other check.
    assert.equal((await console.submit(page, '/console/verify')).status, 303)
    assert.equal((await ledger().runs(1))[0]?.id, run.id)

    const checked = await console.get('/console/verify')
    assert.match(textOf(checked.html), /Checked 27 rows at .*: 2 differ\./)
    assert.match(checked.html, />\s*Repair 2 rows\s*</)
    const result = await console.get(`/console/verify/${run.id}`)
    assert.match(textOf(result.html), /Surplus 2/)
    assert.match(result.html, /href="\/console\/doctors\/tcs-9001"/)
    assert.doesNotMatch(result.html, /<script>alert|34 \?#%<script>/)

    const confirm = await console.get('/console/verify/repair')
    assert.match(confirm.html, /<h1>Repair the live lists<\/h1>/)
    assert.equal((await console.submit(confirm, '/console/verify')).status, 303)
    const repaired = await ended()
    assert.equal(repaired.verification?.repaired?.remaining, 0)
    assert.match(textOf((await console.get('/console/verify')).html), /After the repair, none differ\./)
  })

  test('a table that another program changed is named, on the page of the doctor too', async () => {
    const { place } = console.http
    const { live } = await place.installation()
    await plantInTableOf(place.directory, live?.generation ?? '', 'connectedindex', 'tcs-6', null)
    const doctor = textOf((await console.get('/console/doctors/tcs-6')).html)
    assert.match(
      doctor,
      /The table connectedindex lacks the row tcs-6 .* Another program changed the table, .* Repair this doctor /,
    )
    assert.match(
      textOf((await console.get('/console/system')).html),
      /Lists are tables for 1 June 2026 Recommendation: 25 Connected: 9 /,
    )
    await console.submit(await console.get('/console/verify'), '/console/verify')
    const { id } = await ended()
    const result = textOf((await console.get(`/console/verify/${id}`)).html)
    assert.match(result, /In tables 1 These tables do not have what the master index says\./)
    assert.match(result, /Missing from connectedindex/)
  })

  test('what is not a check leads to its run; what does not exist is not found', async () => {
    const { live } = await console.http.place.installation()
    const other = await console.get(`/console/verify/${live?.run ?? ''}`)
    assert.deepEqual([other.status, other.headers.get('location')], [303, `/console/runs/${live?.run ?? ''}`])
    assert.equal((await console.get('/console/verify/nobody')).status, 404)
  })
})
