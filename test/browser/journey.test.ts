import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openConsole } from '../../src/console/console.ts'
import { HttpInstallation } from '../app/http/installation.ts'
import { runToEnd } from '../app/job/workplace.ts'
import { launch, openTab } from './browser.ts'
import { press, reloadUntil, tabTo, type } from './keyboard.ts'

/** Enough that losing a part of them is noticed. */
const ALL = { trainees: 200, doctors: 200 }
const BROKEN = { trainees: 200, doctors: 20 }
const MENDED = { trainees: 200, doctors: 202, label: 'mended' }

suite('a broken export, from the alarm to the lists that are right again, by keyboard', { concurrency: 1 }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser.close())

  for (const javaScript of [true, false]) {
    test(javaScript ? 'with JavaScript' : 'without JavaScript', { timeout: 300_000 }, async (t) => {
      const http = await HttpInstallation.make({ after: (clean) => t.after(clean) }, undefined, {}, openConsole)
      const { place, worker, server } = http
      await place.loadFew(ALL)
      await runToEnd(worker)
      const tab = await openTab(browser, { width: 1280, height: 900, javaScript }, server.address)
      t.after(() => tab.close())
      const { page, faults, address } = tab
      const text = () => page.locator('main').innerText()

      // A broken export is loaded, and somebody starts a run.
      await place.loadFew(BROKEN)
      await page.goto(`${address}/console`)
      await tabTo(page, 'Skip to main content')
      await press(page, 'Start a run')
      await press(page, 'Start the run')
      assert.match(await page.locator('.nhsuk-notification-banner').innerText(), /The run has started/)
      await reloadUntil(page, /Held back/)

      // The overview says why.
      await press(page, 'Overview')
      assert.match(await text(), /A run is held back/)
      await press(page, /See what would change/)
      assert.match(await text(), /would leave/)
      assert.match(await text(), /Wessex|1-1RUZUSF/)

      // Nothing is discarded without a reason.
      await press(page, /^Discard it/)
      await press(page, 'Discard it')
      assert.match(await page.title(), /^Error: /)
      await type(page, /^Why/, 'The export lacks most doctors')
      await press(page, 'Discard it')
      assert.match(await page.locator('.nhsuk-notification-banner').innerText(), /discarded/)

      // The export is mended, and a run goes live.
      await place.loadFew(MENDED)
      await press(page, 'Overview')
      await press(page, 'Start a run')
      await press(page, 'Start the run')
      await reloadUntil(page, /Live now/)

      // One doctor is looked up.
      await press(page, 'Look up a doctor')
      await type(page, /GMC number/, '7000207')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/console\/doctors\/(gmc|tcs)-/)
      assert.match(await text(), /In \d of 5 lists/)
      assert.doesNotMatch(await page.title(), /mended/)

      // The audit log names it all.
      await press(page, 'Audit')
      const audit = await text()
      for (const what of [/Started a run/, /Discarded a run/, /The export lacks most doctors/, /Looked up a doctor/])
        assert.match(audit, what)
      assert.deepEqual(faults, [])
    })
  }
})
