import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { runToEnd } from '../../app/job/workplace.ts'
import { ConsoleInstallation } from '../installation.ts'
import { suiteOwner } from '../../app/job/suite-owner.ts'

suite('the page of a run', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })

  test('shows a run that went live, with its checks, its lists and what happened', async () => {
    const { id } = await runToEnd(console.http.worker, undefined, { expect: '<script>alert(1)</script>' })
    const { status, html } = await console.get(`/console/runs/${id}`)
    assert.equal(status, 200)
    assert.match(html, /<h1>Run of \d+ \w+ \d{4}, /)
    assert.match(html, /All checks passed|Expected to differ/)
    for (const region of ['head', 'stages', 'checks', 'failures', 'timeline'])
      assert.match(html, new RegExp(`data-region="${region}"`))
    for (const figure of ['stage-trainees-rows', 'stage-doctors-bar']) assert.match(html, new RegExp(`id="${figure}"`))
    assert.match(html, new RegExp(`data-view="run" data-run="${id}"`))
    assert.doesNotMatch(html, /<script>alert|undefined|\[object| style=/)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, each]) => each)
    assert.deepEqual(ids, [...new Set(ids)])
  })

  test('shows a run that was held back, with what can be decided', async () => {
    const { id } = await runToEnd(console.http.worker, undefined, { purpose: 'preview' })
    const { html } = await console.get(`/console/runs/${id}`)
    assert.match(html, /somebody wanted to look at it first/)
    for (const decision of ['preview', 'promote', 'discard'])
      assert.match(html, new RegExp(`href="/console/runs/${id}/${decision}"`))
  })

  test('a run that is not there is a page that leads to the runs', async () => {
    const { status, html } = await console.get('/console/runs/20200101t000000-none')
    assert.equal(status, 404)
    assert.match(html, /<h1>Run not found<\/h1>/)
  })
})
