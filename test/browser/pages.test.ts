import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { CONSOLE_ROUTES } from '../../src/app/http/routes.ts'
import { checkPage, launch, named, openTab, VIEWS } from './browser.ts'
import { STATES, type State, type StateName } from './states.ts'

/** The folder for pictures of all pages, to look at. Without it none are taken: Chromium fails to take one now and then. */
const PICTURES = process.env.PICTURES

/** What the parameters of a path are replaced with. */
const EXAMPLES: Readonly<Record<string, string>> = {
  ':rowId': 'tcs-7',
  ':list': 'connected',
  ':queue': 'doctorData',
  ':place': 'doctors',
  ':key': 'gmc-7000006',
}

/** Routes that are not pages: files, downloads, streams and redirects. */
const NOT_PAGES = /\/assets\/|\/download|\/events|\.csv|\/login\/|\/console\/login$/

/** Pages in other states of themselves than their bare address. */
const MORE: readonly string[] = [
  '/console/nothing-here',
  '/console/doctors?q=few',
  '/console/doctors?q=7012346',
  '/console/doctors/sources?q=tcs-7',
  '/console/doctors/tcs-7?as=1-1RUZUSF',
  '/console/lists/recommendation?view=index',
  '/console/lists/exception?q=nothing',
]

function pagesOf({ run }: State): readonly string[] {
  const routes = Object.keys(CONSOLE_ROUTES).filter((route) => route.startsWith('GET ') && !NOT_PAGES.test(route))
  const pages = routes.map((route) =>
    route
      .slice('GET '.length)
      .replace(/:\w+/g, (name) => EXAMPLES[name] ?? (name === ':id' || name === ':run' ? run : name)),
  )
  for (const page of pages) assert.doesNotMatch(page, /:/, 'a parameter without an example')
  return [...pages, ...MORE]
}

/** Pages that show less in every other state. */
const NAMES = Object.keys(STATES) as StateName[]
const CHOSEN = process.env.STATE === undefined ? NAMES : NAMES.filter((name) => name === process.env.STATE)

// Two at a time: a state waits for its browser, and a browser for its state.
suite('pages', { concurrency: 2 }, () => {
  for (const name of CHOSEN) {
    suite(`while ${name}`, { concurrency: 1 }, () => {
      let browser: Browser
      let state: State
      const cleaning: (() => unknown)[] = []
      before(async () => {
        if (PICTURES !== undefined) await mkdir(PICTURES, { recursive: true })
        browser = await launch()
        state = await STATES[name]({ after: (clean: () => unknown) => void cleaning.unshift(clean) })
      })
      after(async () => {
        for (const clean of cleaning) await clean()
        await browser.close()
      })

      for (const view of VIEWS) {
        test(named(view), { timeout: 600_000 }, async (t) => {
          const tab = await openTab(browser, view, state.address)
          t.after(() => tab.close())
          for (const path of pagesOf(state)) {
            await t.test(path.replace(state.run, '<run>'), async () => {
              tab.faults.length = 0
              const answer = await tab.page.goto(tab.address + path, { waitUntil: 'load' })
              assert.ok(answer !== null && answer.status() !== 500, `status ${answer?.status() ?? ''}`)
              assert.doesNotMatch(await answer.text(), / style=/)
              if (PICTURES !== undefined) {
                const file = `${name} ${path.replace(state.run, 'run')} ${view.width}${view.javaScript ? '' : ' plain'}`
                await tab.page.screenshot({
                  fullPage: true,
                  path: join(PICTURES, `${file.replace(/[^a-z0-9]+/gi, '-')}.png`),
                })
              }
              await checkPage(tab, view)
            })
          }
        })
      }
    })
  }
})
