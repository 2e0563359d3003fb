import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../../src/config/config.ts'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { newNamespace, removeIndexes } from '../../test/stack/job/namespace.ts'
import { loadRaw, printLedgerShare, printProcessorTime, printReferenceWay, printTables } from './comparisons.ts'
import { command, runJob, type Job } from './job.ts'
import { hundredth, table, tenth, whole } from './printing.ts'
import { atRest, serverPids } from './processes.ts'

/**
 * npm run bench:stack [-- --doctors 100000] [--seed 1] [--reference 500] [--runs 2] [--lists views]
 *
 * Fills MySQL and MongoDB with demo sources, runs the job with four processes over RabbitMQ and SQS into the search
 * engine. Then it loads the final documents of the five indexes raw into the same engine, and some of them in the
 * reference's way. The last run is measured, because servers compile their own code during the first. With `--lists tables`,
 * runs with tables take turns with runs with views, and it prints what tables cost on top. Compare figures only within one run.
 *
 * A million doctors need a mongo-java-server with more memory: `STACK_MONGODB_HEAP=8g stack/up mongodb`.
 */
const { values } = parseArgs({
  options: {
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    reference: { type: 'string', default: '500' },
    runs: { type: 'string', default: '2' },
    lists: { type: 'string', default: 'views' },
  },
})
type Environment = Readonly<Record<string, string>>

async function exportAll(environment: Environment, folder: string): Promise<void> {
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

interface Jobs {
  readonly views: Job
  /** Null unless it was asked for. */
  readonly tables: Job | null
}

/** Runs before the last ones are reported, but not measured. */
async function measureRuns(environment: Environment, ledgerFolder: string): Promise<Jobs> {
  for (let run = 1; run < Number(values.runs); run += 1) {
    const { views, tables } = await runOnce(environment, ledgerFolder)
    const withTables = tables === null ? '' : `, with tables ${tenth(tables.shown.seconds)} s`
    console.log(`run ${run}, not measured: ${tenth(views.shown.seconds)} s${withTables}`)
    await atRest(serverPids())
  }
  return runOnce(environment, ledgerFolder)
}

/** The run with views comes last: the raw load and the ledger's share are compared with it. */
async function runOnce(environment: Environment, ledgerFolder: string): Promise<Jobs> {
  const tables =
    values.lists === 'tables' ? await runJob({ ...environment, REVAL_LISTS: 'tables' }, ledgerFolder) : null
  if (tables !== null) await atRest(serverPids())
  return { tables, views: await runJob(environment, ledgerFolder) }
}

async function measure(): Promise<void> {
  const namespace = await newNamespace()
  const folder = await mkdtemp(join(tmpdir(), 'reval-bench-'))
  const ledgerFolder = join(folder, 'ledger')
  await mkdir(ledgerFolder)
  const environment = { ...namespace.environment, REVAL_LOG_LEVEL: 'warn' }
  try {
    const [cpu] = cpus()
    console.log(
      `${whole(Number(values.doctors))} doctors, seed ${values.seed}; ${cpus().length} cores, ${cpu?.model ?? ''}; ` +
        `load average ${hundredth(loadavg()[0] ?? 0)}`,
    )
    const started = performance.now()
    await command(environment, 'demo-data', '--doctors', values.doctors, '--seed', values.seed)
    console.log(`sources generated and loaded in ${tenth((performance.now() - started) / 1000)} s`)

    await atRest(serverPids())
    const { views: job, tables } = await measureRuns(environment, ledgerFolder)
    for (const { shown } of [job, ...(tables === null ? [] : [tables])]) {
      if (shown.state !== 'live') throw new Error(`the run is ${shown.state}`)
    }
    const rate = Number(values.doctors) / job.shown.seconds
    printJob(job, rate)
    printSizes(environment)

    const exporting = performance.now()
    await exportAll(environment, folder)
    console.log(`\nexport of the five indexes: ${tenth((performance.now() - exporting) / 1000)} s`)
    const raw = await loadRaw(folder, `${namespace.prefix}-raw-`)
    printProcessorTime(job, raw)
    if (tables !== null) printTables(tables, job, raw)
    await printLedgerShare(job, ledgerFolder, `${namespace.prefix}-`)
    await printReferenceWay(folder, `${namespace.prefix}-raw-`, values.reference, rate)
    console.log(`ratio to the raw bulk load: ${hundredth(job.shown.seconds / raw.seconds)}`)
  } finally {
    await removeIndexes(namespace.prefix)
    await namespace.remove()
    await rm(folder, { recursive: true })
  }
}

function printJob({ shown, used, usedUntilRest, others }: Job, rate: number): void {
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
  console.log('\nprocesses during the job; processor time also until the search engine was idle again')
  table([
    ['process', 'cpu s', 'until rest', 'peak MB'],
    ...[...used].map(([name, { cpuSeconds, peakMegabytes }]) => [
      name,
      tenth(cpuSeconds),
      tenth(usedUntilRest.get(name)?.cpuSeconds ?? 0),
      whole(peakMegabytes),
    ]),
    ['all else here', tenth(others), '', ''],
  ])
}

function printSizes(environment: Environment): void {
  const { messages, writer, servers } = readConfig({ ...process.env, ...environment })
  console.log(
    `\nbatches: ${messages.rows} rows or ${messages.bytes} bytes per message, ${messages.sendAheadBytes} bytes ahead, ` +
      `prefetch ${writer.prefetch}, ${writer.rowsPerWrite} rows per write, bulks of ${servers.searchBulkRows} rows, ${servers.searchBulks} in flight`,
  )
}

await measure()
process.exit(0)
