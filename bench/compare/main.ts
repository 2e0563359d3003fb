import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { removeIndexes } from '../../test/stack/job/namespace.ts'
import { hundredth, table, tenth, whole } from '../stack/printing.ts'

/**
 * npm run bench:compare [-- --embedded 100000,1000000] [--doctors 100000] [--seed 1] [--repeat 3]
 *
 * For each size: syncs demo sources on embedded backends, copies the rows into four generations of an embedded store, and of
 * the search engine for `--doctors`, and compares one with each other one, each time in a process of its own. `0` skips one.
 * Prints the fastest of several comparisons. Rows per second are those of each side.
 */
const { values } = parseArgs({
  options: {
    embedded: { type: 'string', default: '100000,1000000' },
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    repeat: { type: 'string', default: '3' },
  },
})
const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly idleMegabytes: number
  readonly peakMegabytes: number
  readonly rows: number
  readonly differing: number
}

/** The same as in bin/reval. */
const FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=1024', '--disable-warning=ExperimentalWarning']
const CASES = { equal: 'equal', hundredth: '1 % different', all: 'all different' } as const

type Settings = Readonly<Record<string, string>>

async function program(script: string, args: readonly string[], settings: Settings): Promise<string> {
  const env = { ...process.env, ...settings }
  return (await run(process.execPath, [...FLAGS, join(import.meta.dirname, script), ...args], { env })).stdout
}

/** The fastest of several: the others had to wait for something else. */
async function fastest(place: string, after: string, settings: Settings): Promise<Measured> {
  const all: Measured[] = []
  for (let count = 0; count < Number(values.repeat); count += 1) {
    all.push(JSON.parse(await program('measure.ts', [place, 'base', after], settings)) as Measured)
  }
  return all.reduce((best, each) => (each.seconds < best.seconds ? each : best))
}

async function measure(what: string, doctors: string, place: string, settings: Settings): Promise<void> {
  const rows: string[][] = [['generations', 'rows', 'differ', 'seconds', 'rows/s', 'cpu s', 'before MB', 'peak MB']]
  for (const [after, name] of Object.entries(CASES)) {
    const found = await fastest(place, after, settings)
    rows.push([
      name,
      whole(found.rows),
      whole(found.differing),
      hundredth(found.seconds),
      whole(found.rows / found.seconds),
      hundredth(found.cpuSeconds),
      whole(found.idleMegabytes),
      whole(found.peakMegabytes),
    ])
  }
  console.log(`\n${what}, ${whole(Number(doctors))} doctors; load average ${hundredth(loadavg()[0] ?? 0)}`)
  table(rows)
}

/** A data directory with a live generation of so many doctors; call the action with it. */
async function withLive(doctors: string, action: (data: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reval-bench-'))
  const data = join(folder, 'data')
  const settings = { ...process.env, REVAL_BACKENDS: 'embedded', REVAL_DATA_DIR: data, REVAL_LOG_LEVEL: 'error' }
  try {
    const started = performance.now()
    const demo = ['demo-data', '--doctors', doctors, '--seed', values.seed]
    for (const args of [demo, ['sync']]) await run(join(root, 'bin/reval'), args, { env: settings })
    console.log(`${whole(Number(doctors))} doctors synced in ${tenth((performance.now() - started) / 1000)} s`)
    await action(data, folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measureEmbedded(doctors: string): Promise<void> {
  await withLive(doctors, async (data, folder) => {
    const place = join(folder, 'compared')
    await mkdir(place)
    await program('fill.ts', [data, place], {})
    await measure('embedded', doctors, place, {})
  })
}

async function measureEngine(doctors: string): Promise<void> {
  const prefix = `t${randomBytes(4).toString('hex')}`
  const settings = { REVAL_BACKENDS: 'servers', REVAL_SEARCH_PREFIX: `${prefix}-` }
  await withLive(doctors, async (data) => {
    try {
      await program('fill.ts', [data, 'engine'], settings)
      await measure('search engine', doctors, 'engine', settings)
    } finally {
      await removeIndexes(prefix)
    }
  })
}

const sizes = (list: string) => list.split(',').filter((size) => Number(size) > 0)

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
for (const doctors of sizes(values.embedded)) await measureEmbedded(doctors)
for (const doctors of sizes(values.doctors)) await measureEngine(doctors)
