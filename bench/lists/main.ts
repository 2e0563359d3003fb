import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { openPlace, PLACES, type Place, type Service } from '../places.ts'
import { command } from '../stack/job.ts'
import { hundredth, table, tenth, whole } from '../stack/printing.ts'
import { cpuSeconds, residentMegabytes } from '../stack/processes.ts'
import { sendAll, type Answered, type Request } from './load.ts'
import { KINDS, mixOf, samplesOf, type Kind } from './mix.ts'

/**
 * npm run bench:lists [-- --doctors 100000] [--seed 1] [--rate 50] [--seconds 30] [--only embedded,servers]
 *
 * Integration is asked over HTTP for lists at a fixed rate: while nothing else goes on, and while one sync after the other runs in
 * the same installation. Embedded in one process; on the real stack in four. Then it measures what a run pays, embedded, for
 * what lists are read from. Fails if a request does. Compare figures only within one run.
 *
 * A million doctors on the real stack need a mongo-java-server with more memory: `STACK_MONGODB_HEAP=8g stack/up mongodb`.
 */
const { values } = parseArgs({
  options: {
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '30' },
    only: { type: 'string', default: 'embedded,servers' },
  },
})
const rate = Number(values.rate)
const seconds = Number(values.seconds)
const WARM_UP_SECONDS = 5

interface Measured {
  readonly alone: Answered<Kind>
  readonly beside: Answered<Kind>
  readonly syncSeconds: readonly number[]
  /** Processor time of integration for each request, alone; the least that a busy machine changes. */
  readonly cpuMilliseconds: number
  /** Resident memory of integration: before and after it was asked alone, and after it was asked beside syncs. */
  readonly megabytes: readonly [before: number, after: number, besideSyncs: number]
}

async function measure(place: Place): Promise<Measured> {
  const { environment } = place
  await command(environment, 'demo-data', '--doctors', values.doctors, '--seed', values.seed)
  const service = await place.start()
  try {
    await service.sync()
    const { address, pid } = service
    const samples = await samplesOf(environment)
    const mix = (seed: number) => mixOf(address, samples, { count: rate * seconds, seed })
    await sendAll({ address, rate, seconds: WARM_UP_SECONDS }, await mix(0))
    const before = residentMegabytes(pid)
    const cpu = cpuSeconds(pid)
    const alone = await sendAll({ address, rate, seconds }, await mix(1))
    const after = residentMegabytes(pid)
    const cpuMilliseconds = (1_000 * (cpuSeconds(pid) - cpu)) / all(alone).length
    const { answered, syncSeconds } = await besideSyncs(service, await mix(2))
    return { alone, beside: answered, syncSeconds, cpuMilliseconds, megabytes: [before, after, residentMegabytes(pid)] }
  } finally {
    await service.stop()
  }
}

/** Syncs until all requests are answered; the last one is waited for. */
async function besideSyncs(service: Service, requests: readonly Request<Kind>[]) {
  const syncSeconds: number[] = []
  let isOver = false
  const syncing = async () => {
    while (!isOver) syncSeconds.push(await service.sync())
  }
  const sending = sendAll({ address: service.address, rate, seconds }, requests).finally(() => (isOver = true))
  const [answered] = await Promise.all([sending, syncing()])
  return { answered, syncSeconds }
}

const all = ({ taken }: Answered) => [...taken.values()].flat()
const percentile = (sorted: readonly number[], of: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? NaN
const sorted = (taken: readonly number[]) => taken.toSorted((a, b) => a - b)

function line(name: string, alone: readonly number[], beside: readonly number[]): readonly string[] {
  const [one, other] = [sorted(alone), sorted(beside)]
  const shares = (of: readonly number[]) => [0.5, 0.95, 0.99].map((share) => tenth(percentile(of, share)))
  const ratio = percentile(other, 0.95) / percentile(one, 0.95)
  return [name, whole(one.length), ...shares(one), whole(other.length), ...shares(other), hundredth(ratio)]
}

function print(place: Place, { alone, beside, syncSeconds, cpuMilliseconds, megabytes }: Measured): void {
  console.log(
    `\n${place.name}: milliseconds of a list over HTTP, ${rate} requests a second for ${seconds} s; load average ${hundredth(loadavg()[0] ?? 0)}`,
  )
  const heads = ['p50', 'p95', 'p99']
  table([
    ['', 'alone', ...heads, 'beside', ...heads, 'ratio p95'],
    ...KINDS.map((kind) => line(kind, alone.taken.get(kind) ?? [], beside.taken.get(kind) ?? [])),
    line('all', all(alone), all(beside)),
  ])
  console.log(`syncs beside: ${syncSeconds.map((each) => `${tenth(each)} s`).join(', ')}`)
  console.log(`processor time of integration for a request, alone: ${tenth(cpuMilliseconds)} ms`)
  const [before, after, besideAll] = megabytes.map(whole)
  console.log(`resident memory of integration: ${before} MB, asked alone ${after} MB, beside syncs ${besideAll} MB`)
  for (const [name, { errors }] of Object.entries({ alone, beside })) {
    for (const [what, count] of errors) {
      console.error(`${place.name}, ${name}: ${whole(count)} × ${what}`)
      process.exitCode = 1
    }
  }
}

const run = promisify(execFile)
/** The same as in bin/reval. */
const FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=1024', '--disable-warning=ExperimentalWarning']

interface Job {
  readonly seconds: number
  readonly cpuSeconds: number
}

const COST_RUNS = 3

/** What lists cost a run: runs with and without what they are read from, in turn, the best of each. */
async function printCost({ environment }: Place): Promise<void> {
  const job = async (...flags: readonly string[]) => {
    const env = { ...process.env, ...environment }
    const { stdout } = await run(
      process.execPath,
      [...FLAGS, ...flags, join(import.meta.dirname, '../measure-job.ts')],
      { env },
    )
    return JSON.parse(stdout) as Job
  }
  const withoutKeys = `--import=${pathToFileURL(join(import.meta.dirname, 'without-keys.ts')).href}`
  const [all, without]: [Job[], Job[]] = [[], []]
  for (let count = 0; count < COST_RUNS; count += 1) {
    all.push(await job())
    without.push(await job(withoutKeys))
  }
  const best = (jobs: readonly Job[], what: keyof Job) => Math.min(...jobs.map((each) => each[what]))
  const lineOf = (name: string, what: keyof Job) => {
    const [one, other] = [best(all, what), best(without, what)]
    return [name, hundredth(one), hundredth(other), `${tenth((100 * (one - other)) / other)} %`]
  }
  console.log(`\nseconds of a run, best of ${COST_RUNS}; load average ${hundredth(loadavg()[0] ?? 0)}`)
  table([['', 'with lists', 'without', 'more'], lineOf('time', 'seconds'), lineOf('processor time', 'cpuSeconds')])
}

const [cpu] = cpus()
console.log(
  `${whole(Number(values.doctors))} doctors, seed ${values.seed}; ${cpus().length} cores, ${cpu?.model ?? ''}; ` +
    `load average ${hundredth(loadavg()[0] ?? 0)}`,
)
for (const name of PLACES) {
  if (!values.only.split(',').includes(name)) continue
  const place = await openPlace(name)
  try {
    print(place, await measure(place))
    if (name === 'embedded') await printCost(place)
  } finally {
    await place.remove()
  }
}
process.exit()
