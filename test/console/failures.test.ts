import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import type { ErrorCode } from '../../src/errors/codes.ts'
import { readDecisions } from '../../src/sync/lead/failure-decisions.ts'
import { readInstallation } from '../../src/sync/records.ts'
import { runToEnd } from '../app/job/workplace.ts'
import { ConsoleInstallation, textOf } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const EVIL = '<script>alert(1)</script>'

suite('failures and dead letters', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  const ledger = () => console.http.worker.context.ledger

  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })

  const addFailures = async (...rows: readonly { key: string; code: ErrorCode; reason: string }[]) => {
    const { live } = await readInstallation(ledger())
    const place = { run: live?.run ?? '', generation: live?.generation ?? '', stage: 'trainees', at: 5 } as const
    await ledger().addFailures(rows.map((row) => ({ ...place, ...row })))
  }
  const addLetter = async (body: string) => {
    const { broker, events } = console.http.worker.context
    const refused = new Promise((resolve) => events.once('message.deadLettered', resolve))
    await broker.publish('traineeChanged', { body: Buffer.from(body), attributes: { sender: EVIL } })
    await refused
  }

  test('without failures, the page says that every row was written', async () => {
    await runToEnd(console.http.worker)
    const { status, html } = await console.get('/console/failures')
    assert.equal(status, 200)
    assert.match(html, /No failures\. Every row of the live run was written\./)
    assert.match(html, /There are no dead letters\. See the queues/)
    assert.doesNotMatch(html, />\s*Try again\s*</)
  })

  test('failures are counted by reason, and listed page by page without the values of rows', async () => {
    await addFailures(
      ...Array.from({ length: 30 }, (_, at) => ({
        key: `tcs-${String(at + 1).padStart(2, '0')}`,
        code: 'ROW_DATE_IMPOSSIBLE' as const,
        reason: 'dateFrom: "Smith" is not a valid date (YYYY-MM-DD)',
      })),
      { key: `gmc-${EVIL}`, code: 'ROW_FIELD_INVALID', reason: `a ${EVIL}` },
    )
    const first = await console.get('/console/failures')
    assert.match(textOf(first.html), /31 failures open/)
    assert.match(textOf(first.html), /Row date impossible show these Open 30/)
    assert.doesNotMatch(first.html, /Smith|<script>alert/)
    assert.equal(first.html.match(/name="ids"/g)?.length, 25)
    const next = /href="(\/console\/failures\?after=[^"]+)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    assert.equal((await console.get(next)).html.match(/name="ids"/g)?.length, 6)
    const filtered = await console.get('/console/failures?code=ROW_FIELD_INVALID')
    assert.equal(filtered.html.match(/name="ids"/g)?.length, 1)
    const found = await console.get(`/console/failures?q=${encodeURIComponent(EVIL)}`)
    assert.match(textOf(found.html), /all 1 failure that matches/)
    assert.doesNotMatch(found.html, /<script>alert/)
    assert.match((await console.get('/console/failures?q=nothing')).html, /None match/)
  })

  test('one failure shows its values only if asked, on record', async () => {
    const masked = await console.get('/console/failures/trainees/tcs-01')
    assert.equal(masked.status, 200)
    assert.doesNotMatch(masked.html, /Smith/)
    const shown = await console.get('/console/failures/trainees/tcs-01?values=yes')
    assert.match(shown.html, /Smith/)
    const [entry] = await ledger().audit(1)
    assert.partialDeepStrictEqual(entry, { what: 'GET /console/failures/:place/:key' })
    assert.match(entry?.subject ?? '', /"values":"yes"/)
    assert.equal((await console.get('/console/failures/trainees/nobody')).status, 404)
  })

  test('those that are selected are tried again; without a selection the page says so', async () => {
    const list = await console.get('/console/failures')
    const none = await console.submit(list, '/console/failures/confirm', { what: 'replay', which: 'selected' })
    assert.equal(none.status, 400)
    assert.match(none.html, /Select at least one, or select all that match/)
    const confirm = await console.submit(list, '/console/failures/confirm', {
      what: 'replay',
      which: 'selected',
      ids: 'trainees/tcs-01',
    })
    assert.equal(confirm.status, 200)
    assert.match(confirm.html, /<h1>Try 1 failure again<\/h1>/)
    const done = await console.submit(confirm, '/console/failures/replay')
    assert.equal(done.status, 303)
    assert.match((await console.follow(done)).html, /Tried again: 1 settled\./)
    const late = await console.submit(list, '/console/failures/confirm', { what: 'replay', ids: 'trainees/tcs-01' })
    assert.equal(late.status, 409)
    assert.match(late.html, /Something changed while you were deciding/)
  })

  test('all that match are discarded with a reason, once; not if others match meanwhile', async () => {
    const list = await console.get('/console/failures?code=ROW_DATE_IMPOSSIBLE')
    const confirm = await console.submit(list, '/console/failures/confirm', { what: 'discard', which: 'all' })
    assert.match(confirm.html, /<h1>Discard 29 failures<\/h1>/)
    const noReason = await console.submit(confirm, '/console/failures/discard', { why: '' })
    assert.equal(noReason.status, 400)
    assert.match(noReason.html, /Enter why you are discarding them/)
    await addFailures({ key: 'tcs-99', code: 'ROW_DATE_IMPOSSIBLE', reason: 'late' })
    const stale = await console.submit(noReason, '/console/failures/discard', { why: 'source is right' })
    assert.equal(stale.status, 409)
    const again = await console.submit(list, '/console/failures/confirm', { what: 'discard', which: 'all' })
    const answers = await Promise.all([
      console.submit(again, '/console/failures/discard', { why: 'source is right' }),
      console.submit(again, '/console/failures/discard', { why: 'source is right' }),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303],
    )
    const discarded = (await readDecisions(ledger())).filter(({ action }) => action === 'discarded')
    assert.equal(discarded.length, 1)
    assert.equal(discarded[0]?.what.length, 30)
    assert.equal(discarded[0].by, 'anyone on this machine, console')
    assert.match(textOf((await console.get('/console/failures')).html), /1 failure open/)
  })

  test('dead letters are counted by queue; one shows its headers and its body, masked', async () => {
    await addLetter(`[{"tcsPersonId":2,"doctorLastName":"Smith"},{"surname":"${EVIL}"}]`)
    const queues = await console.get('/console/dead-letters')
    assert.match(textOf(queues.html), /1 message could not be read or carried out/)
    const queue = await console.get('/console/dead-letters/traineeChanged')
    assert.match(textOf(queue.html), /1 dead letter in this queue/)
    const href = /href="(\/console\/failures\/traineeChanged\/[^"]+)"/.exec(queue.html)?.[1] ?? ''
    const one = await console.get(href)
    assert.equal(one.status, 200)
    assert.match(one.html, /Trainee 2/)
    assert.match(one.html, /<h3>Headers<\/h3>/)
    assert.doesNotMatch(one.html, /Smith|<script>alert/)
    const shown = await console.get(`${href}?values=yes`)
    assert.match(shown.html, /Smith/)
    assert.doesNotMatch(shown.html, /<script>alert/)

    const confirm = await console.submit(one, '/console/failures/confirm', { what: 'discard' })
    assert.match(confirm.html, /<h1>Discard 1 dead letter<\/h1>/)
    const done = await console.submit(confirm, '/console/failures/discard', { why: 'a test' })
    assert.equal(done.headers.get('location'), '/console/dead-letters/traineeChanged')
    assert.match((await console.follow(done)).html, /No dead letters in this queue/)
    assert.equal((await console.get('/console/dead-letters/masterRowChanged')).status, 404)
  })
})
