import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { RevalError } from '../../src/errors/reval-error.ts'
import { readInstallation } from '../../src/sync/records.ts'
import { DAY, runToEnd } from '../app/job/workplace.ts'
import { altered } from '../faults/altered.ts'
import { addToLive, ODD, rowOfScripts, SCRIPTS } from './hostile-rows.ts'
import { ConsoleInstallation, textOf } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

suite('looking up a doctor', () => {
  let console: ConsoleInstallation
  let isAway = false
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner, {}, (backends) => ({
      ...backends,
      // Its record of failures can be taken away.
      ledger: altered(backends.ledger, {
        failuresOfKeys: (own) => (keys) =>
          isAway ? Promise.reject(new RevalError('LEDGER_FAILED', 'the index of failures is away')) : own(keys),
      }),
    }))
    for (let run = 0; run < 2; run += 1) assert.equal((await runToEnd(console.http.worker, DAY)).state, 'live')
  })

  test('the search asks for a number, a name or a person', async () => {
    const { status, html } = await console.get('/console/doctors')
    assert.equal(status, 200)
    assert.match(html, /<h1>Look up a doctor<\/h1>/)
    assert.match(html, /<input [^>]*id="q"/)
    assert.equal((await console.get('/console/doctors?q=%20')).status, 200)
  })

  test('a search with one result leads to it: by number, by person, by row id', async () => {
    for (const [q, id] of [
      ['7000020', 'tcs-20'],
      ['7000%20021', 'gmc-7000021'],
      ['20', 'tcs-20'],
      ['tcs-1', 'tcs-1'],
    ] as const) {
      const { status, headers } = await console.get(`/console/doctors?q=${q}`)
      assert.equal(status, 303, q)
      assert.equal(headers.get('location'), `/console/doctors/${id}`)
    }
  })

  test('a search with several results lists them, and says if there are more', async () => {
    const { html } = await console.get('/console/doctors?q=700000')
    assert.match(html, /9 doctors found\./)
    assert.match(html, /href="\/console\/doctors\/tcs-6"/)
    assert.match(html, /<title>Look up a doctor – /)
    assert.match((await console.get('/console/doctors?q=few')).html, /More than 20 doctors found/)
  })

  test('a search without results says why that may be, and where to ask', async () => {
    const { status, html } = await console.get('/console/doctors?q=7012346')
    assert.equal(status, 200)
    assert.match(html, /<title>No doctor found – /)
    assert.match(textOf(html), /the row failed: no failure names it/)
    assert.match(textOf(html), /changes come in within seconds; none has come in yet/)
    assert.match(html, /href="\/console\/doctors\/sources\?q=7012346"/)
    const byName = await console.get('/console/doctors?q=zebedee')
    assert.match(textOf(byName.html), /each word must be the start of a word of the name/)
    assert.doesNotMatch(byName.html, /Ask the sources/)
    assert.equal((await console.get(`/console/doctors?q=${'x'.repeat(257)}`)).status, 400)
  })

  test('a failure of what was searched is counted', async () => {
    const { ledger } = console.http.worker.context
    const { live } = await readInstallation(ledger)
    assert.ok(live !== null)
    const failed = { stage: 'doctors', key: 'gmc-7012347', code: 'ROW_DATE_IMPOSSIBLE', at: 0 } as const
    await ledger.addFailures([{ ...live, ...failed, reason: 'submissionDate: "2027-02-30" is not a date' }])
    const { html } = await console.get('/console/doctors?q=7012347')
    assert.match(textOf(html), /the row failed: 1 failure names it/)
    assert.match(html, /href="\/console\/failures\?q=7012347"/)
  })

  test('a row says which lists it is in and why, who sees it, and where its values come from', async () => {
    const { status, html } = await console.get('/console/doctors/tcs-7')
    const text = textOf(html)
    assert.equal(status, 200)
    assert.match(html, /<title>Doctor – Revalidation sync<\/title>/)
    assert.match(html, /<h1 [^>]*>Doctor 7000007<\/h1>/)
    assert.match(text, /few few, TIS person 7/)
    assert.match(text, /Not in connected: the GMC gives no designated body for this doctor\./)
    assert.match(
      text,
      /Recommendation No admin: each body sees its own doctors only, and there is no designated body\./,
    )
    assert.match(text, /Disconnected Admins of every body: every admin sees doctors without a designated body\./)
    assert.match(
      text,
      /Membership ends 31 December 2035, which is not before today; no exception reason; not a visitor/,
    )
    assert.match(text, /Field First name Shown few TCS Not given GMC few Which one is shown GMC: TCS has none/)
    assert.match(text, /In the run with the data of 1 June 2026 Live now/)
    assert.match(text, /In the run with the data of 1 June 2026 Live before/)
    assert.match(html, /"tcsPersonId|&quot;tcsPersonId/)
    assert.match(html, /href="\/console\/doctors\/tcs-7\/repair"/)
  })

  test('a row as an admin of one body sees it', async () => {
    const { html } = await console.get('/console/doctors/tcs-6?as=1-1RSSQ1B')
    assert.match(html, /<option value="1-1RSSQ1B" selected>North East/)
    assert.match(
      textOf(html),
      /An admin of North East \(1-1RSSQ1B\) Recommendation No: each body sees its own doctors only, and the designated body is Wessex \(1-1RUZUSF\)\./,
    )
    assert.match(
      textOf((await console.get('/console/doctors/tcs-6?as=1-1RUZUSF')).html),
      /Recommendation Yes: the designated body\./,
    )
    assert.equal((await console.get(`/console/doctors/tcs-6?as=${'x'.repeat(21)}`)).status, 400)
  })

  test('what a source of the page does not answer is not known; the rest stands', async () => {
    isAway = true
    try {
      const { status, html } = await console.get('/console/doctors/tcs-6')
      assert.equal(status, 200)
      assert.match(textOf(html), /Whether this row failed is not known: the index of failures is away\./)
      assert.match(textOf(html), /Doctor 7000006/)
      const search = await console.get('/console/doctors?q=7012346')
      assert.match(textOf(search.html), /the row failed: this is not known/)
    } finally {
      isAway = false
    }
  })

  test('an id that no row has is not found', async () => {
    for (const id of ['tcs-999', 'nothing', 'gmc-1%2F2']) {
      const { status, html } = await console.get(`/console/doctors/${id}`)
      assert.equal(status, 404, id)
      assert.match(html, /<h1>No doctor found<\/h1>/)
    }
  })

  test('a row that only the generation before has is not found, and the page says so', async () => {
    const { ledger, store } = console.http.worker.context
    const { previous } = await readInstallation(ledger)
    assert.ok(previous !== null)
    await store.write(previous.generation, [{ op: 'create', row: rowOfScripts(9003) }])
    const { status, html } = await console.get('/console/doctors/tcs-9003')
    assert.equal(status, 404)
    assert.match(textOf(html), /has left the lists, or is not in them yet: the previous generation has this row/)
  })

  test('the sources say what they have, and whether the lists match', async () => {
    const matching = textOf((await console.get('/console/doctors/sources?q=tcs-6')).html)
    assert.match(matching, /The lists match the sources\. TCS has person 6\. The GMC data has 1 doctor: 7000006\./)
    assert.match(matching, /programme few Owner Wessex/)
    const unknown = textOf((await console.get('/console/doctors/sources?q=7012346')).html)
    assert.match(unknown, /TCS has no person 7012346 or GMC number 7012346\. The GMC data has no GMC number 7012346\./)
    assert.equal((await console.get('/console/doctors/sources')).status, 400)
  })

  test('a row that its sources do not have is shown as different, and a repair removes it', async () => {
    await addToLive(console.http.worker, [rowOfScripts(9002)])
    const sources = await console.get('/console/doctors/sources?q=tcs-9002')
    assert.match(textOf(sources.html), /The lists do not match the sources\./)
    assert.match(textOf(sources.html), /Would be removed/)
    const confirm = await console.get('/console/doctors/tcs-9002/repair')
    assert.match(confirm.html, /<h1>Repair this doctor<\/h1>/)
    const done = await console.submit(confirm, '/console/doctors/tcs-9002/repair')
    assert.equal(done.status, 303)
    assert.equal(done.headers.get('location'), '/console/doctors/tcs-9002')
    const { status, html } = await console.follow(done)
    assert.equal(status, 404)
    assert.match(html, /The doctor was read again, and 1 row was written\./)
  })

  test('a repair of a row that is right says so', async () => {
    const confirm = await console.get('/console/doctors/tcs-6/repair')
    const { html } = await console.follow(await console.submit(confirm, '/console/doctors/tcs-6/repair'))
    assert.match(html, /The lists were right, so nothing has changed\./)
    assert.match(html, /<h1 [^>]*>Doctor 7000006<\/h1>/)
  })

  test('nothing is repaired for another site', async () => {
    const confirm = await console.get('/console/doctors/tcs-6/repair')
    const refused = await console.submit(
      confirm,
      '/console/doctors/tcs-6/repair',
      {},
      { 'sec-fetch-site': 'cross-site' },
    )
    assert.equal(refused.status, 403)
    assert.equal((await console.submit(confirm, '/console/doctors/tcs-6/repair', { _csrf: 'x' })).status, 403)
  })

  test('each look-up of one doctor is on record, by its id; a search only for a number', async () => {
    const { ledger } = console.http.worker.context
    await console.get('/console/doctors/tcs-8?as=1-1RSSQ1B')
    await console.get('/console/doctors/sources?q=tcs-8')
    await console.get('/console/doctors?q=smith')
    await console.get('/console/doctors?q=7000008')
    const [search, sources, row] = await ledger.audit(3)
    assert.deepEqual([search?.what, search?.subject], ['GET /console/doctors', '{"q":"7000008"}'])
    assert.deepEqual([sources?.what, sources?.subject], ['GET /console/doctors/sources', '{"q":"tcs-8"}'])
    assert.deepEqual([row?.what, row?.subject], ['GET /console/doctors/:rowId', '{"rowId":"tcs-8","as":"1-1RSSQ1B"}'])
  })

  test('what data holds is escaped, and is neither in titles nor in addresses', async () => {
    await addToLive(console.http.worker, [SCRIPTS, ODD])
    const paths = [
      '/console/doctors/tcs-9001',
      '/console/doctors/tcs-9001?as=%3Cscript%3Ealert(1)',
      `/console/doctors/${encodeURIComponent(ODD.id)}`,
      `/console/doctors/sources?q=${encodeURIComponent(ODD.id)}`,
      `/console/doctors/${encodeURIComponent(ODD.id)}/repair`,
      '/console/doctors?q=%3Cscript%3Ealert(1)',
      `/console/doctors/${encodeURIComponent('gmc-<script>alert(1)')}`,
    ]
    for (const path of paths) {
      const { status, html } = await console.get(path)
      assert.ok([200, 404].includes(status), `${status} ${path}`)
      assert.doesNotMatch(html, /<script>alert|alert\("/, path)
      assert.match(
        html,
        /<title>(Doctor|What the sources have now|Repair this doctor|Look up a doctor|No doctor found) – /,
      )
    }
    const { html } = await console.get(`/console/doctors/${encodeURIComponent(ODD.id)}`)
    assert.match(html, /n{300} n{300}/)
    assert.match(textOf(html), /Submitted to GMC/)
    const person = await console.get('/console/doctors/tcs-9001')
    assert.match(person.html, /<h1 [^>]*>Person 9001<\/h1>/)
    assert.doesNotMatch(textOf(person.html), /TIS person 9001/)
    const found = await console.get(`/console/doctors?q=${encodeURIComponent(ODD.id)}`)
    assert.equal(found.headers.get('location'), `/console/doctors/${encodeURIComponent(ODD.id)}`)
  })
})
