import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openConsole } from '../../src/console/console.ts'
import { HttpInstallation } from '../app/http/installation.ts'
import { startRun } from '../app/job/workplace.ts'
import { launch, openTab, type Tab } from './browser.ts'

const SCREEN = { width: 1280, height: 900, javaScript: true }

suite('live updates in a browser', () => {
  let browser: Browser
  let http: HttpInstallation
  const cleaning: (() => Promise<void>)[] = []
  before(async () => {
    http = await HttpInstallation.make({ after: (clean) => void cleaning.unshift(clean) }, undefined, {}, openConsole)
    browser = await launch()
  })
  after(async () => {
    await browser.close()
    for (const clean of cleaning) await clean()
  })

  const opened = async (): Promise<Tab> => {
    const tab = await openTab(browser, SCREEN, http.server.address)
    await tab.page.goto(`${http.server.address}/console`)
    await tab.page.locator('#updates', { hasText: 'Live' }).waitFor()
    return tab
  }

  test('a run appears and goes live without a reload; focus stays; a screen reader is told', async () => {
    const { page, context, faults } = await opened()
    await page.evaluate('window.isSame = true')
    await page.locator('#refresh').focus()
    await (
      await startRun(http.worker)
    ).ended
    await page.locator('.reval-freshness__text', { hasText: 'Lists show data of' }).waitFor()
    await page.waitForFunction(`document.querySelector('#say').textContent !== ''`)
    assert.equal(await page.evaluate('window.isSame'), true)
    assert.equal(await page.evaluate('document.activeElement.id'), 'refresh')
    assert.match((await page.locator('[data-region="live"]').textContent()) ?? '', /Passed all checks/)
    assert.deepEqual(faults, [])
    await context.close()
  })

  test('updates can be paused, stay paused on the next page, and go on', async () => {
    const { page, context, faults } = await opened()
    const pause = page.locator('#pause')
    await pause.click()
    assert.equal(await pause.getAttribute('aria-pressed'), 'true')
    assert.match((await page.locator('#updates').textContent()) ?? '', /^Updates are paused\. As of .+\.$/)
    await page.goto(`${http.server.address}/console/help`)
    await page.locator('#updates', { hasText: 'Updates are paused.' }).waitFor()
    await pause.click()
    await page.locator('#updates', { hasText: 'Live' }).waitFor()
    assert.deepEqual(faults, [])
    await context.close()
  })

  test('the page stays as it is if the server has no stream left for it', async () => {
    const tab = await openTab(browser, SCREEN, http.server.address)
    await tab.page.route('**/console/events*', (route) => route.fulfill({ status: 503 }))
    await tab.page.goto(`${http.server.address}/console`)
    await tab.page.locator('#updates', { hasText: 'Connecting' }).waitFor()
    assert.equal(await tab.page.locator('h1').textContent(), 'Overview')
    await tab.context.close()
  })

  test('without a stream that gets through, the page is fetched again', async () => {
    const tab = await openTab(browser, SCREEN, http.server.address)
    // As behind a gateway that keeps the stream to itself.
    await tab.page.route('**/console/events*', () => undefined)
    await tab.page.goto(`${http.server.address}/console`)
    await tab.page.locator('#updates', { hasText: 'Updated every 10 seconds' }).waitFor()
    await tab.context.close()
  })
})
