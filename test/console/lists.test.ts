import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { RevalError } from '../../src/errors/reval-error.ts'
import { runToEnd } from '../app/job/workplace.ts'
import { altered } from '../faults/altered.ts'
import { addToLive, ODD, SCRIPTS } from './hostile-rows.ts'
import { ConsoleInstallation, textOf } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const linksOf = (html: string) =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))

suite('the lists of the console', () => {
  let console: ConsoleInstallation
  let isAway = false
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner, {}, (backends) => ({
      ...backends,
      // It can be taken away.
      listReader: altered(backends.listReader, {
        page:
          (own) =>
          (...given) =>
            isAway ? Promise.reject(new RevalError('STORE_FAILED', 'the search engine is away')) : own(...given),
      }),
    }))
  })

  test('say that nothing is live before the first run', async () => {
    const { status, html } = await console.get('/console/lists/connected')
    assert.equal(status, 409)
    assert.match(html, /<h1>Nothing is live yet<\/h1>/)
    assert.equal((await runToEnd(console.http.worker)).state, 'live')
  })

  test('show what the client shows, with a link to each row, and count it', async () => {
    const { status, html } = await console.get('/console/lists/recommendation')
    assert.equal(status, 200)
    assert.match(html, /<title>Recommendation list – Revalidation sync<\/title>/)
    assert.match(html, /20 doctors\. Data of \d+ \w+ 20\d\d\./)
    assert.match(html, /<a class="nhsuk-link" href="\/console\/doctors\/tcs-6">7000006<\/a>/)
    assert.match(html, /1 January 2027/)
    assert.match(html, /Not started/)
    assert.match(html, /aria-current="page">Recommendation</)
    assert.match(
      html,
      /aria-sort="ascending">\s*<a class="nhsuk-link" href="[^"]*sort=submissionDate&amp;order=desc#table">GMC due date/,
    )
    assert.equal(html.match(/aria-sort/g)?.length, 1)
    assert.doesNotMatch(html, /nhsuk-pagination/)
  })

  test('show everything in the index if asked, with the columns and the order of the list', async () => {
    const { html } = await console.get('/console/lists/recommendation?view=index&sort=admin&order=desc&page=2')
    assert.match(html, /25 doctors\./)
    assert.match(html, /value="index" checked/)
    assert.match(html, /href="\/console\/doctors\/tcs-1"/)
    assert.match(html, /aria-sort="descending">\s*<a [^>]*>Admin</)
  })

  test('go to the last page, and no further', async () => {
    const first = await console.get('/console/lists/master')
    assert.match(first.html, /<title>Master list \(page 1 of 2\) – /)
    assert.match(first.html, /href="\/console\/lists\/master\?page=2" aria-label="Page 2"/)
    const last = await console.get('/console/lists/master?page=2')
    assert.equal(last.html.match(/scope="row"/g)?.length, 5)
    const beyond = await console.get('/console/lists/master?page=999')
    assert.equal(beyond.status, 303)
    assert.equal(beyond.headers.get('location'), '/console/lists/master?page=2')
  })

  test('search, limit to a body, and clear both', async () => {
    const { html } = await console.get('/console/lists/connected?q=70000&body=1-1RUZUSF')
    assert.match(html, /10 doctors that an admin of Wessex \(1-1RUZUSF\) sees\./)
    assert.match(html, /10 doctors match “70000”\./)
    assert.match(html, /<option value="1-1RUZUSF" selected>Wessex \(1-1RUZUSF\)<\/option>/)
    assert.match(html, /name="q"[^>]* value="70000"/)
    assert.ok(linksOf(html).includes('/console/lists/connected'))
    assert.match(
      (await console.get('/console/lists/connected?body=1-1RSSQ1B')).html,
      /This body has no doctor in this list/,
    )
    assert.match(
      (await console.get('/console/lists/connected?body=1-GONE')).html,
      /No doctor has the designated body 1-GONE/,
    )
  })

  test('an empty list says why; an empty search says which lists have doctors that match', async () => {
    assert.match(
      (await console.get('/console/lists/recommendation?underNotice=true')).html,
      /No doctors match and are under notice in this list/,
    )
    const { html } = await console.get('/console/lists/connected?q=7000001')
    assert.match(
      textOf(html),
      /No doctors match “7000001” in this list\. Other lists have doctors that match: Master: 1 Disconnected: 1 Exception: 1 Discrepancies: 1/,
    )
    assert.ok(linksOf(html).includes('/console/lists/exception?q=7000001'))
  })

  test('refuse a search that is too long at its field, and keep it', async () => {
    const { status, html } = await console.get(`/console/lists/master?q=${'x'.repeat(257)}`)
    assert.equal(status, 400)
    assert.match(html, /<title>Error: Master list – /)
    assert.match(html, /<a href="#q">\s*Search for at most 256 characters\s*<\/a>/)
    assert.match(html, /id="q-error"/)
    assert.match(html, /value="x{257}"/)
    assert.equal((await console.get(`/console/lists/master?q=${'x'.repeat(256)}`)).status, 200)
  })

  test('refuse addresses that cannot be', async () => {
    for (const query of [
      'page=0',
      'page=x',
      'page=1.5',
      'page=500001',
      'sort=nothing',
      'sort=admin',
      'order=up',
      'view=all',
      'q=a&q=b',
      `body=${'x'.repeat(21)}`,
    ]) {
      assert.equal((await console.get(`/console/lists/connected?${query}`)).status, 400, query)
    }
    assert.equal((await console.get('/console/lists/nothing')).status, 400)
  })

  test('say which server is away; the frame of the page stands', async () => {
    isAway = true
    try {
      for (const path of ['/console/lists/connected', '/console/doctors?q=few']) {
        const { status, html } = await console.get(path)
        assert.equal(status, 503, path)
        assert.match(html, /<h1>A server does not answer<\/h1>/)
        assert.match(html, /What is live stays live/)
        assert.match(html, /Lists show data of/)
      }
    } finally {
      isAway = false
    }
  })

  test('download as CSV, on record; searches for a GMC number are too, in one form, and names are not', async () => {
    const { status, headers, html } = await console.get('/console/lists/recommendation/download?view=index')
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(headers.get('content-disposition'), 'attachment; filename="recommendation.csv"')
    assert.equal(html.trim().split('\r\n').length, 26)
    await console.get('/console/lists/master?q=%207000%20001')
    await console.get('/console/lists/master?q=smith')
    const [search, download, ...others] = await console.http.worker.context.ledger.audit(10)
    assert.equal(search?.what, 'GET /console/lists/:list')
    assert.deepEqual(JSON.parse(search.subject ?? ''), { list: 'master', q: '7000001' })
    assert.match(search.from, /^console /)
    assert.equal(download?.what, 'GET /console/lists/:list/download')
    assert.equal(download.result?.rows, 25)
    assert.ok(!others.some(({ subject }) => subject?.includes('smith')))
  })

  test('escape what data holds, and link to row ids of any letters', async () => {
    await addToLive(console.http.worker, [SCRIPTS, ODD])
    for (const list of ['master', 'recommendation', 'connected', 'disconnected', 'exception', 'discrepancies']) {
      const { html } = await console.get(`/console/lists/${list}?q=${encodeURIComponent('<script>')}`)
      assert.doesNotMatch(html, /<script>alert|alert\("/)
      assert.match(html, /<title>\w+ list – /)
    }
    const { html } = await console.get('/console/lists/connected?q=12/34')
    assert.ok(linksOf(html).includes('/console/doctors/gmc-12%2F34%20%3F%23%25%3Cscript%3E'))
    assert.match(html, /n{300}/)
  })
})
