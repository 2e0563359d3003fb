import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { isShown, type MovedRow } from '../../src/console/pages/preview/moved-rows.ts'
import { previewOf } from '../../src/console/pages/preview/sides.ts'
import { readInstallation } from '../../src/sync/records.ts'
import { runToEnd } from '../app/job/workplace.ts'
import { ConsoleInstallation, textOf } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const EVIL = '<script>alert(1)</script>'

suite('previews', () => {
  let console: ConsoleInstallation
  let first: string
  let second: string
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })
  const path = (run: string) => `/console/runs/${run}/preview`

  test('before anything is live, every doctor is new', async () => {
    const run = await runToEnd(console.http.worker, undefined, { purpose: 'preview' })
    const { status, html } = await console.get(path(run.id))
    assert.equal(status, 200)
    assert.match(html, /Nothing is live yet, so every doctor would be new: 25 rows\./)
    first = (await runToEnd(console.http.worker)).id
  })

  test('a run that is held back says who would enter and leave, by designated body, with a link to the rows', async () => {
    await console.http.place.loadFew({ label: EVIL, doctors: 22 })
    second = (await runToEnd(console.http.worker, undefined, { purpose: 'preview' })).id
    const { status, html } = await console.get(path(second))
    assert.equal(status, 200)
    const text = textOf(html)
    assert.match(text, /If this run goes live, 2 doctors would enter the lists, 0 would leave them/)
    assert.match(text, /Wessex 1-1RUZUSF/)
    assert.match(html, new RegExp(`href="${path(second)}/connected\\?side=enter&amp;body=1-1RUZUSF"`))
    assert.match(text, /13 other bodies without changes/)
    assert.match(html, />\s*Make it live\s*</)
    assert.doesNotMatch(html, /<script>alert/)
  })

  test('rows say why they move, and what changes; search, pages and escaped values', async () => {
    const entering = await console.get(`${path(second)}/connected?side=enter`)
    assert.equal(entering.status, 200)
    assert.match(textOf(entering.html), /1 doctor enters the connected list/)
    assert.match(entering.html, /New in GMC data/)
    const changing = await console.get(`${path(second)}/recommendation?side=change`)
    assert.match(changing.html, /<title>Recommendation list: what would change \(page 1 of 2\)/)
    assert.match(textOf(changing.html), /First name: few → &lt;script&gt;/)
    assert.doesNotMatch(changing.html, /<script>alert/)
    assert.equal(changing.html.match(/scope="row"/g)?.length, 20)
    const found = await console.get(`${path(second)}/recommendation?side=change&q=7000006`)
    assert.equal(found.html.match(/scope="row"/g)?.length, 1)
    const none = await console.get(`${path(second)}/recommendation?side=leave&q=${encodeURIComponent(EVIL)}`)
    assert.match(none.html, /No rows match/)
    assert.doesNotMatch(none.html, /<script>alert/)
    const beyond = await console.get(`${path(second)}/recommendation?side=change&page=99`)
    assert.equal(beyond.status, 303)
    assert.match(beyond.headers.get('location') ?? '', /page=2$/)
    const [entry] = await console.http.worker.context.ledger.audit(1)
    assert.partialDeepStrictEqual(entry, { what: 'GET /console/runs/:id/preview/:list' })
  })

  test('rows can be downloaded, on record', async () => {
    const answer = await console.get(`${path(second)}/connected/download?side=enter`)
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type') ?? '', /text\/csv/)
    assert.match(answer.html, /^id,kind,field,before,after\r\ngmc-\d+,missing,/)
    const [entry] = await console.http.worker.context.ledger.audit(1)
    assert.partialDeepStrictEqual(entry, { what: 'GET /console/runs/:id/preview/:list/download' })
  })

  test('is worked out again if asked', async () => {
    const page = await console.get(path(second))
    const again = await console.submit(page, `${path(second)}/again`)
    assert.equal(again.status, 303)
    assert.match(textOf((await console.follow(again)).html), /2 doctors would enter/)
  })

  test('afterwards it says what the last run changed; a run that is gone says so', async () => {
    const promote = await console.get(`/console/runs/${second}/promote`)
    assert.match(textOf(promote.html), /List Master Now 25 Afterwards 27 Difference \+2 Enter 2 Leave 0/)
    const done = await console.submit(promote, `/console/runs/${second}/promote`, { why: 'checked' })
    assert.equal(done.status, 303)
    assert.equal((await readInstallation(console.http.worker.context.ledger)).previous?.run, first)
    const live = await console.get(path(second))
    assert.match(live.html, /<h1>What the last run changed<\/h1>/)
    assert.match(textOf(live.html), /With this run, 2 doctors entered the lists, 0 left them/)
    assert.match(textOf((await console.get(path(first))).html), /If you go back to this run, 0 doctors would enter/)
    await runToEnd(console.http.worker)
    const gone = await console.get(path(first))
    assert.equal(gone.status, 200)
    assert.match(gone.html, /no longer kept/)
    assert.equal((await console.get(`${path(first)}/connected`)).status, 303)
    assert.equal((await console.get(path('nobody'))).status, 404)
  })
})

test('a doctor who moves between bodies leaves the one and enters the other; of all, the row changes', () => {
  const row: MovedRow = {
    id: 'tcs-1',
    text: '7000001 siân o’brien',
    moves: ['change', 'change', 'change', null, null],
    from: 'A',
    to: 'B',
  }
  const shown = (move: 'enter' | 'leave' | 'change', body: string | null, q = '') =>
    isShown(row, { list: 'connectedindex', move, body, q })
  assert.deepEqual([shown('enter', 'B'), shown('leave', 'A'), shown('change', null)], [true, true, true])
  assert.deepEqual([shown('enter', 'A'), shown('change', 'B'), shown('enter', null)], [false, false, false])
  assert.deepEqual([shown('change', null, 'SIÂN 7000001'), shown('change', null, 'smith')], [true, false])
  assert.equal(isShown(row, { list: 'exceptionindex', move: 'change', body: null, q: '' }), false)
})

test('which generations a preview compares', () => {
  const [live, previous, heldBack] = ['l', 'p', 'h'].map((run) => ({ run, generation: `g${run}` }))
  const kept = { live: live ?? null, previous: previous ?? null, heldBack: heldBack ?? null, currentRun: null }
  assert.deepEqual(previewOf('h', kept), { kind: 'held back', before: live, after: heldBack })
  assert.deepEqual(previewOf('l', kept), { kind: 'live', before: previous, after: live })
  assert.deepEqual(previewOf('p', kept), { kind: 'previous', before: live, after: previous })
  assert.deepEqual(previewOf('h', { ...kept, live: null }), { kind: 'first' })
  assert.deepEqual(previewOf('x', kept), { kind: 'gone' })
})
