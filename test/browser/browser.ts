import { AxeBuilder } from '@axe-core/playwright'
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { withoutScripts } from './without-scripts.ts'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** Where Chromium is: as `CHROMIUM` says, or where distributions put it. */
function executable(): string {
  const known = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const found = known.find((path) => path !== '' && existsSync(path))
  if (found === undefined) throw new Error('Chromium is missing: install it (Debian: chromium), or set CHROMIUM')
  return found
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), args: ['--no-sandbox', '--disable-gpu'] })
}

export interface View {
  readonly width: number
  readonly height: number
  readonly javaScript: boolean
}

/** What people use: a screen and a phone, each with and without JavaScript. */
export const VIEWS: readonly View[] = [
  { width: 1280, height: 900, javaScript: true },
  { width: 1280, height: 900, javaScript: false },
  { width: 320, height: 640, javaScript: true },
  { width: 320, height: 640, javaScript: false },
]

export const named = ({ width, javaScript }: View) => `${width} px, ${javaScript ? 'with' : 'without'} JavaScript`

/** A tab, and what went wrong in it. */
export interface Tab {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors in the console, and requests to other hosts. */
  readonly faults: string[]
  /** Where the site is, as this tab sees it. */
  readonly address: string
  readonly close: () => Promise<void>
}

/** Opens a tab of its own browser profile. */
export async function openTab(browser: Browser, { width, height, javaScript }: View, site: string): Promise<Tab> {
  const plain = javaScript ? null : await withoutScripts(site)
  const address = plain?.address ?? site
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  page.on('console', (message) => {
    // The status of a page that is an error is in its answer.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return
    faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) faults.push(`asks ${request.url()}`)
  })
  const close = async () => {
    await context.close()
    await plain?.stop()
  }
  return { context, page, faults, address, close }
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Checks what holds for every page: accessible, within its width, no inline styles, and nothing asked of other hosts. */
export async function checkPage({ page, faults }: Tab, { width }: View): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze()
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  )
  assert.deepEqual(found, [])
  const scrolled = await page.evaluate<number>('document.documentElement.scrollWidth')
  assert.ok(scrolled <= width, `the page is ${scrolled} px wide`)
  assert.equal(await page.locator('h1').count(), 1)
  const title = await page.title()
  assert.doesNotMatch(title, /\b\d{7}\b/)
  assert.deepEqual(faults, [])
}
