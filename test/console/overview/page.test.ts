import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { runToEnd } from '../../app/job/workplace.ts'
import { altered } from '../../faults/altered.ts'
import { ConsoleInstallation } from '../installation.ts'
import { suiteOwner } from '../../app/job/suite-owner.ts'

suite('the overview', () => {
  let console: ConsoleInstallation
  let isAway = false
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner, {}, (backends) => ({
      ...backends,
      ledger: altered(backends.ledger, {
        read: (own) => async (kind, id) => {
          if (isAway) throw new RevalError('LEDGER_FAILED', 'it is away')
          return own(kind, id)
        },
      }),
    }))
  })

  test('before the first run it says that nothing is live, and leads to starting one', async () => {
    const { status, html } = await console.get('/console')
    assert.equal(status, 200)
    assert.match(html, /<title>Overview – Revalidation sync<\/title>/)
    assert.match(html, /Nothing is live yet/)
    assert.match(html, /href="\/console\/runs\/new"/)
    assert.match(html, /data-view="overview"/)
  })

  test('after a run it shows what is live, with ids and regions for its updates', async () => {
    const { id } = await runToEnd(console.http.worker)
    const { html } = await console.get('/console')
    assert.match(html, new RegExp(`href="/console/runs/${id}"`))
    assert.match(html, /Passed all checks/)
    for (const region of ['attention', 'live', 'lists', 'run', 'last', 'next', 'servers'])
      assert.match(html, new RegExp(`data-region="${region}"`))
    for (const figure of ['live-age', 'changes-count']) assert.match(html, new RegExp(`id="${figure}"`))
    assert.doesNotMatch(html, / style=|undefined|\[object/)
  })

  test('while the ledger is away the page stands, and says what it does not know', async () => {
    isAway = true
    const { status, html } = await console.get('/console')
    isAway = false
    assert.equal(status, 200)
    assert.match(html, /What is live is not known.*it is away \(LEDGER_FAILED\)/s)
    assert.match(html, /Not known/)
    assert.doesNotMatch(html, /Nothing needs attention|Nothing is live yet/)
  })
})
