import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { writeExports } from '../src/app/demo/write-exports.ts'
import { launch } from '../test/browser/browser.ts'

// npm run screenshots: the pictures of the console in the README and the docs, of demo data.

const ROOT = join(import.meta.dirname, '..')
const REVAL = join(ROOT, 'bin/reval')
const PICTURES = join(ROOT, 'docs/images')
const DOCTORS = 20_000
const SEED = 1
const RUNS = 6
const WIDTH = 1280
const MOST_HEIGHT = 1400
const PATIENCE_MS = 60_000
/** One doctor in so many changes before the preview. */
const CHANGED = 50

const directory = await mkdtemp(join(tmpdir(), 'reval-screenshots-'))
const environment = {
  ...process.env,
  REVAL_DATA_DIR: join(directory, 'data'),
  REVAL_LOG_LEVEL: 'fatal',
  REVAL_PORT: '0',
}
const exports = join(directory, 'exports')
await writeExports(exports, { doctors: DOCTORS, seed: SEED })
await load()

async function load(): Promise<void> {
  await promisify(execFile)(REVAL, ['load', exports], { env: environment })
}

/** Some doctors lose their designated body, others are put under notice, as from one day to the next. */
async function changeSomeDoctors(): Promise<void> {
  const file = join(exports, 'gmc/doctorsForDB.jsonl')
  const lines = (await readFile(file, 'utf8')).split('\n')
  const changed = lines.map((line, index) => {
    if (index % CHANGED === 0) return line.replace(/"designatedBodyCode":"[^"]*"/, '"designatedBodyCode":null')
    return index % CHANGED === 1 ? line.replace('"underNotice":"NO"', '"underNotice":"YES"') : line
  })
  await writeFile(file, changed.join('\n'))
}

const started = new Set<ChildProcess>()

async function start() {
  const child = spawn(REVAL, ['start'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
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
  await changeSomeDoctors()
  await load()
  const preview = await sync(first.address, { preview: true })
  await over(first.address, preview)
  await page.goto(`${first.address}/console/runs/${preview}/preview`)
  await picture(page, 'preview')
  await page.goto(`${first.address}/console`)
  await picture(page, 'overview')
  await page.goto(`${first.address}/console/lists/exception`)
  await page
    .locator('main table a[href*="/doctors/"]', { hasText: /^\d{7}$/ })
    .first()
    .click()
  await page.waitForURL(/\/console\/doctors\/./)
  await picture(page, 'look-up')

  const running = await sync(first.address)
  await page.goto(`${first.address}/console/runs/${running}`)
  // One stage finished and one half done.
  const doctors = page.locator('#stage-doctors-rows')
  while (['', '0'].includes(await doctors.innerText())) await page.reload()
  if (!(await page.title()).includes('in progress')) throw new Error('the run was over before its picture')
  await picture(page, 'run')
  await stop(first.child)
} finally {
  await browser.close()
  for (const child of started) await stop(child)
  await rm(directory, { recursive: true })
}
