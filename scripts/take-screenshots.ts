import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { launch } from '../test/browser/browser.ts'

// npm run screenshots: the pictures of the console in the README and the docs, of demo data.

const ROOT = join(import.meta.dirname, '..')
const REVAL = join(ROOT, 'bin/reval')
const PICTURES = join(ROOT, 'docs/images')
const DOCTORS = '20000'
const RUNS = 6
const WIDTH = 1280
const MOST_HEIGHT = 1400
const PATIENCE_MS = 60_000
/** Slow enough that a picture shows a run half done. */
const SLOW = { REVAL_SOURCE_ROWS_PER_SECOND: '5000' }

const directory = await mkdtemp(join(tmpdir(), 'reval-screenshots-'))
const environment = { ...process.env, REVAL_DATA_DIR: directory, REVAL_LOG_LEVEL: 'fatal', REVAL_PORT: '0' }
await promisify(execFile)(REVAL, ['demo-data', '--doctors', DOCTORS], { env: environment })

const started = new Set<ChildProcess>()

async function start(settings: Readonly<Record<string, string>> = {}) {
  const child = spawn(REVAL, ['start'], { env: { ...environment, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] })
  started.add(child)
  for await (const line of createInterface(child.stdout)) {
    const [, address] = / at (http:\S+)$/.exec(line) ?? []
    if (address !== undefined) return { child, address }
  }
  throw new Error('reval start has ended')
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) })
  child.kill('SIGTERM')
  await ended
  started.delete(child)
}

async function sync(address: string, body: object = {}): Promise<string> {
  const answer = await fetch(`${address}/api/sync`, {
    method: 'POST',
    signal: AbortSignal.timeout(PATIENCE_MS),
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  const { id } = (await answer.json()) as { readonly id: string }
  return id
}

async function over(address: string, run: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  for (;;) {
    const answer = await fetch(`${address}/api/sync/runs/${run}`, { signal })
    const { finishedAt } = (await answer.json()) as { readonly finishedAt: string | null }
    if (finishedAt !== null) return
    await setTimeout(200, undefined, { signal })
  }
}

async function picture(page: Page, name: string): Promise<void> {
  const whole = await page.evaluate<number>('document.documentElement.scrollHeight')
  const clip = { x: 0, y: 0, width: WIDTH, height: Math.min(whole, MOST_HEIGHT) }
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true, clip })
  console.log(`docs/images/${name}.png`)
}

await mkdir(PICTURES, { recursive: true })
const browser = await launch()
const page = await browser.newPage({ viewport: { width: WIDTH, height: 800 }, locale: 'en-GB' })
page.setDefaultTimeout(PATIENCE_MS)
try {
  const first = await start()
  for (let run = 0; run < RUNS; run += 1) await over(first.address, await sync(first.address))
  await page.goto(`${first.address}/console/runs`)
  await picture(page, 'history')
  // Another set of doctors, so that the preview has something to show.
  await promisify(execFile)(REVAL, ['demo-data', '--doctors', DOCTORS, '--seed', '2'], { env: environment })
  const preview = await sync(first.address, { preview: true })
  await over(first.address, preview)
  await page.goto(`${first.address}/console/runs/${preview}/preview`)
  await picture(page, 'preview')
  await page.goto(`${first.address}/console`)
  await picture(page, 'overview')
  await page.goto(`${first.address}/console/lists/exception`)
  await page.locator('main table a[href*="/doctors/"]').first().click()
  await page.waitForURL(/\/console\/doctors\/./)
  await picture(page, 'look-up')
  await stop(first.child)

  const slow = await start(SLOW)
  const running = await sync(slow.address)
  await page.goto(`${slow.address}/console/runs/${running}`)
  // Doctors are counted once trainees are done: the picture shows one stage finished and one half done.
  await page.locator('main').getByText('Running').last().waitFor()
  await setTimeout(1_500)
  await page.reload()
  if (!(await page.title()).includes('in progress')) throw new Error('the run was over before its picture')
  await picture(page, 'run')
  await stop(slow.child)
} finally {
  await browser.close()
  for (const child of started) await stop(child)
  await rm(directory, { recursive: true })
}
