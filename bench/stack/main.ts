import { execFile, execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readConfig } from '../../src/config/config.ts'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { newNamespace, removeIndexes } from '../../test/stack/job/namespace.ts'
import { RevalProcess } from '../../test/stack/job/process.ts'
import { atRest, Meter, serverPids, type Used } from './processes.ts'

/**
 * npm run bench:stack [-- --doctors 100000] [--seed 1] [--reference 500] [--runs 2]
 *
 * Fills MySQL and MongoDB with demo sources, runs the job with four processes over RabbitMQ and SQS into the search
 * engine, and then has the same engine take the final documents of the five indexes once, raw, and some of them in the
 * reference's way. The last of the runs is measured: servers that have just started compile their own code first, and
 * what they are compared with comes after. Figures of one run on one machine; they are compared with nothing else.
 */
const { values } = parseArgs({
  options: {
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    reference: { type: 'string', default: '500' },
    runs: { type: 'string', default: '2' },
  },
})
const run = promisify(execFile)
const whole = (value: number) => Math.round(value).toLocaleString('en-GB')
const tenth = (value: number) => value.toFixed(1)
const SERVICES = ['tcs', 'recommendation', 'connection', 'integration'] as const

interface RunShown {
  readonly state: string
  readonly seconds: number
  readonly stages: readonly { readonly stage: string; readonly seconds: number; readonly rows: number }[]
}

/** Settings of a raw load that were tried, fastest first in nothing: documents a bulk, bulks in flight. */
const RAW_SETTINGS = [
  [1_000, 2],
  [2_500, 2],
  [5_000, 2],
  [5_000, 4],
] as const
const TRIED_WITH = 30_000

async function script<T>(file: string, ...args: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, file), ...args])
  return JSON.parse(stdout) as T
}

function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  for (const row of rows) {
    console.log(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    )
  }
}

async function command(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
  const process = new RevalProcess(args, environment)
  const { code } = await process.finished()
  if (code !== 0) throw new Error(`reval ${args.join(' ')}: ${process.complaints}`)
  return process.output
}

async function exportAll(environment: Readonly<Record<string, string>>, folder: string): Promise<void> {
  for (const index of INDEX_NAMES) {
    const child = spawn(join(import.meta.dirname, '../../bin/reval'), ['export', index], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.pipe(createWriteStream(join(folder, `${index}.ndjson`)))
    const [code] = (await once(child, 'close')) as [number]
    if (code !== 0) throw new Error(`the export of ${index} failed`)
  }
}

async function measureJob(environment: Readonly<Record<string, string>>) {
  const services = new Map(
    SERVICES.map((name) => [name, new RevalProcess(['start', name], { REVAL_PORT: '0', ...environment })]),
  )
  try {
    for (const service of services.values()) await service.address()
    const servers = serverPids()
    const pids = new Map([...[...services].map(([name, each]) => [name, nodePid(each.pid)] as const), ...servers])
    const meter = new Meter(pids)
    const shown = JSON.parse(await command(environment, 'sync', '--json')) as RunShown
    return { shown, used: meter.stop() }
  } finally {
    await Promise.all([...services.values()].map((each) => each.stop()))
  }
}

/** Runs before the last one are told and not measured. */
async function measureRuns(environment: Readonly<Record<string, string>>): ReturnType<typeof measureJob> {
  for (let run = 1; run < Number(values.runs); run += 1) {
    const { shown } = await measureJob(environment)
    console.log(`run ${run}, not measured: ${tenth(shown.seconds)} s`)
    await atRest(serverPids())
  }
  return measureJob(environment)
}

/** `bin/reval` becomes its Node by `exec`, so that the process is one. */
function nodePid(pid: number): number {
  const name = execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' })
  if (!/node|MainThread/.test(name)) throw new Error(`process ${pid} is ${name.trim()} and no Node`)
  return pid
}

async function measure(): Promise<void> {
  const namespace = await newNamespace()
  const folder = await mkdtemp(join(tmpdir(), 'reval-bench-'))
  const environment = { ...namespace.environment, REVAL_LOG_LEVEL: 'warn' }
  try {
    const [cpu] = cpus()
    console.log(
      `${whole(Number(values.doctors))} doctors, seed ${values.seed}; ${cpus().length} cores, ${cpu?.model ?? ''}`,
    )
    let started = performance.now()
    await command(environment, 'demo-data', '--doctors', values.doctors, '--seed', values.seed)
    console.log(`sources made and loaded in ${tenth((performance.now() - started) / 1000)} s`)

    await atRest(serverPids())
    const { shown, used } = await measureRuns(environment)
    if (shown.state !== 'live') throw new Error(`the run is ${shown.state}`)
    const rate = Number(values.doctors) / shown.seconds
    console.log(`\njob: ${tenth(shown.seconds)} s, ${whole(rate)} doctors/s`)
    table([
      ['stage', 'seconds', 'rows', 'rows/s'],
      ...shown.stages.map(({ stage, seconds, rows }) => [
        stage,
        tenth(seconds),
        whole(rows),
        seconds > 0 && rows > 0 ? whole(rows / seconds) : '',
      ]),
    ])
    printUsed(used)
    printSizes(environment)

    started = performance.now()
    await exportAll(environment, folder)
    console.log(`\nexport of the five indexes: ${tenth((performance.now() - started) / 1000)} s`)
    await printRatios(folder, `${namespace.prefix}-raw-`, shown.seconds, rate)
  } finally {
    await removeIndexes(namespace.prefix)
    await namespace.remove()
    await rm(folder, { recursive: true })
  }
}

function printUsed(used: ReadonlyMap<string, Used>): void {
  console.log('\nprocesses during the job')
  table([
    ['process', 'cpu s', 'peak MB'],
    ...[...used].map(([name, { cpuSeconds, peakMegabytes }]) => [name, tenth(cpuSeconds), whole(peakMegabytes)]),
  ])
}

function printSizes(environment: Readonly<Record<string, string>>): void {
  const { messages, writer, servers } = readConfig({ ...process.env, ...environment })
  console.log(
    `\nbatches: ${messages.rows} rows or ${messages.bytes} bytes a message, ${messages.sendAhead} sent ahead, ` +
      `prefetch ${writer.prefetch}, ${writer.rowsPerWrite} rows a write, bulks of ${servers.searchBulkRows} rows, ${servers.searchBulks} in flight`,
  )
}

async function printRatios(folder: string, prefix: string, jobSeconds: number, rate: number): Promise<void> {
  const tried: { size: number; flying: number; rate: number }[] = []
  for (const [size, flying] of RAW_SETTINGS) {
    const part = await script<{ documents: number; seconds: number }>(
      'raw-load.ts',
      folder,
      prefix,
      String(size),
      String(flying),
      String(TRIED_WITH),
    )
    tried.push({ size, flying, rate: part.documents / part.seconds })
  }
  const best = tried.reduce((a, b) => (b.rate > a.rate ? b : a))
  console.log('\nraw bulk load, a part of the documents with each of the settings')
  table([
    ['documents a bulk', 'in flight', 'documents/s'],
    ...tried.map((each) => [whole(each.size), String(each.flying), whole(each.rate)]),
  ])
  await atRest(serverPids())
  const raw = await script<{ documents: number; seconds: number }>(
    'raw-load.ts',
    folder,
    prefix,
    String(best.size),
    String(best.flying),
  )
  console.log(
    `all ${whole(raw.documents)} documents with the best of them: ${tenth(raw.seconds)} s, ${whole(raw.documents / raw.seconds)}/s`,
  )
  const reference = await script<{ doctors: number; seconds: number }>(
    'reference-way.ts',
    folder,
    prefix,
    values.reference,
  )
  const referenceRate = reference.doctors / reference.seconds
  console.log(
    `the reference's way, ${whole(reference.doctors)} doctors: ${tenth(reference.seconds)} s, ${tenth(referenceRate)} doctors/s`,
  )
  console.log(`\nratio to the raw bulk load: ${(jobSeconds / raw.seconds).toFixed(2)}`)
  console.log(`ratio to the reference's way: ${whole(rate / referenceRate)}`)
}

await measure()
process.exit(0)
