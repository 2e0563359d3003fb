import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'

/**
 * npm run bench [-- --doctors 100000,1000000] [--seed 1]
 *
 * For each size: generates demo sources, runs the job, and inserts its documents into plain tables, each in its own
 * process so that memory is measured separately. Compare figures only within one run.
 */
const { values } = parseArgs({
  options: { doctors: { type: 'string', default: '100000,1000000' }, seed: { type: 'string', default: '1' } },
})
const run = promisify(execFile)
const root = join(import.meta.dirname, '..')

interface Job {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMegabytes: number
  readonly stages: Readonly<Record<string, { readonly took: number; readonly rows: number }>>
}

/** The same as in bin/reval. */
const FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=1024', '--disable-warning=ExperimentalWarning']

async function measured<T>(script: string, directory: string): Promise<T> {
  const env = { ...process.env, REVAL_DATA_DIR: directory }
  const program = join(import.meta.dirname, script)
  const { stdout } = await run(process.execPath, [...FLAGS, program], { env })
  return JSON.parse(stdout) as T
}

const whole = (value: number) => Math.round(value).toLocaleString('en-GB')
const tenth = (value: number) => value.toFixed(1)

async function measure(doctors: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'reval-bench-'))
  try {
    const started = performance.now()
    await run(join(root, 'bin/reval'), [
      'demo-data',
      '--doctors',
      String(doctors),
      '--seed',
      values.seed,
      '--data-dir',
      directory,
    ])
    const making = (performance.now() - started) / 1000
    const job = await measured<Job>('measure-job.ts', directory)
    const plain = await measured<{ seconds: number; documents: number }>('measure-plain-insert.ts', directory)
    console.log(`${whole(doctors)} doctors (sources generated and loaded in ${tenth(making)} s)`)
    console.log(
      `  job            ${tenth(job.seconds)} s, ${whole(doctors / job.seconds)} doctors/s, ${tenth(job.cpuSeconds)} s of processor time`,
    )
    for (const [stage, { took, rows }] of Object.entries(job.stages)) {
      const rate = rows > 0 && took > 0 ? `, ${whole(rows / took)} rows/s` : ''
      console.log(`    ${stage.padEnd(12)} ${tenth(took)} s${rate}`)
    }
    console.log(`  peak memory    ${whole(job.peakMegabytes)} MB resident`)
    console.log(
      `  plain inserts  ${tenth(plain.seconds)} s, ${whole(plain.documents)} documents, ${whole(plain.documents / plain.seconds)}/s`,
    )
    console.log(`  ratio          ${(job.seconds / plain.seconds).toFixed(2)}`)
  } finally {
    await rm(directory, { recursive: true })
  }
}

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
for (const size of values.doctors.split(',').map(Number)) await measure(size)
