import { cpus, loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { londonDay } from '../../src/domain/day.ts'
import type { IndexDocument } from '../../src/domain/lists.ts'
import { newNamespace } from '../../test/stack/job/namespace.ts'
import { command } from '../stack/job.ts'
import { hundredth, table, tenth, whole } from '../stack/printing.ts'
import { atRest, Meter, serverPids } from '../stack/processes.ts'
import { flood, flow, type Flowing } from './flow.ts'
import { Hints } from './hints.ts'
import { differences, kept, reading, Services, sync, type Environment } from './installation.ts'
import { Reader } from './reader.ts'
import { Refreshed } from './refreshed.ts'
import { Sources } from './sources.ts'
import { ChangeSequence, findSubjects, type Change } from './subjects.ts'

/**
 * npm run bench:changes [-- --doctors 100000] [--seed 1] [--seconds 20] [--backlog 50000] [--runs 2]
 *   [--only rates,latency,backlog,runs]
 *
 * Four processes on the real stack, two syncs, so that a previous generation is kept. Then it changes rows in MySQL and
 * MongoDB and publishes their hints to the three channels, and measures: changes per second, the time from publish to
 * visible, a backlog, and a run while changes flow in. Compare figures only within one run.
 */
const { values } = parseArgs({
  options: {
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '20' },
    backlog: { type: 'string', default: '50000' },
    runs: { type: 'string', default: '2' },
    only: { type: 'string', default: 'rates,latency,backlog,runs' },
  },
})
const SECONDS = Number(values.seconds)
/** The rate at which latency is measured, and that of changes that flow in during a run. */
const LATENCY_RATE = 100
const RUN_RATE = 200
/** Persons, and as many doctors, that are changed again and again while a reader watches them. */
const WATCHED = 100
/** The first seconds of a flood are not measured. */
const WARM_UP_MS = 2_000
const SETTLE_MS = 60_000
/** Polling is a load too: less often where latency is not what is measured. */
const LATENCY_POLL_MS = 50
const RUN_POLL_MS = 250
/** More hints than are refreshed in a second. */
const MOST_PER_SECOND = 2_000

interface Bench extends Flowing {
  readonly environment: Environment
  readonly services: Services
}

/** Messages per second in a period, in milliseconds since the epoch, with the mean batch. */
function rateOf({ refreshed }: Bench, from: number, until: number): string[] {
  const batches = refreshed.between(from, until)
  const sum = (field: 'messages' | 'keys' | 'milliseconds') => batches.reduce((total, each) => total + each[field], 0)
  const count = Math.max(1, batches.length)
  return [
    whole(sum('messages') / ((until - from) / 1000)),
    whole(sum('messages') / count),
    whole(sum('keys') / count),
    whole(sum('milliseconds') / count),
  ]
}

async function prepare({ sources, sequence }: Bench, count: number): Promise<readonly Change[]> {
  const changes = sequence.take(count)
  await sources.apply(changes)
  return changes
}

/** Rates of changes with their source writes, and of hints for rows changed beforehand; alone, and while a run builds. */
async function measureRates(bench: Bench): Promise<void> {
  const lines: string[][] = []
  const measure = async (name: string, isPrepared: boolean, isInRun: boolean) => {
    const prepared = isPrepared ? await prepare(bench, MOST_PER_SECOND * SECONDS) : null
    const ending = new AbortController()
    let from = Date.now() + WARM_UP_MS
    const meter = new Meter(new Map([...bench.services.pids, ...serverPids(), ['driver', process.pid]]))
    let usedUpAt = Infinity
    const flooding = flood(bench, ending.signal, prepared).finally(() => (usedUpAt = Date.now()))
    let run = ''
    if (isInRun) run = `${tenth((await sync(bench.environment)).seconds)} s`
    else await Promise.race([setTimeout(WARM_UP_MS + SECONDS * 1000), flooding])
    let until = Math.min(Date.now(), usedUpAt)
    // Rows that were changed before need their hints.
    if (!isPrepared) ending.abort()
    const count = await flooding
    await bench.refreshed.drained()
    const { used, others } = meter
    meter.stop()
    // Few hints are used up at once: then the rate is that of all of them.
    if (until - from < WARM_UP_MS) [from, until] = [from - WARM_UP_MS, Date.now()]
    lines.push([name, ...rateOf(bench, from, until), run])
    if (isInRun) return
    const shares = [...used].map(([process, { cpuSeconds }]) => `${process} ${hundredth((cpuSeconds / count) * 1000)}`)
    console.log(
      `${name}: milliseconds of processor time for each of ${whole(count)} changes: ${shares.join(', ')}; ` +
        `all else on this machine used ${tenth(others)} s`,
    )
  }
  await measure('changes, alone', false, false)
  await measure('hints only, alone', true, false)
  await measure('changes, while a run builds', false, true)
  await measure('hints only, while a run builds', true, true)
  console.log('\nchanges per second')
  table([['', 'per second', 'messages a batch', 'keys', 'ms a batch', 'the run'], ...lines])
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const LATENCY_HEAD = ['', 'changes', 'p50', 'p95', 'p99', 'longest']

function latencyLine(name: string, latencies: readonly number[]): string[] {
  const sorted = latencies.toSorted((a, b) => a - b)
  return [name, whole(sorted.length), ...[0.5, 0.95, 0.99, 1].map((share) => whole(percentile(sorted, share)))]
}

/** A flow of changes during an action; resolves once all are visible, with the action's result. */
async function during<T>(
  bench: Bench,
  perSecond: number,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly latencies: readonly number[]; readonly achieved: number }> {
  const { reader, refreshed } = bench
  const ending = new AbortController()
  const flowing = flow(bench, perSecond, ending.signal)
  const result = await action().finally(() => ending.abort())
  const achieved = await flowing
  const left = await reader.settle(SETTLE_MS)
  if (left > 0) throw new Error(`${left} changes are not visible: ${JSON.stringify(reader.faults)}`)
  await refreshed.drained()
  return { result, latencies: reader.takeLatencies(), achieved }
}

async function measureLatency(bench: Bench): Promise<void> {
  bench.reader.start(LATENCY_POLL_MS)
  const alone = await during(bench, LATENCY_RATE, () => setTimeout(SECONDS * 1000))
  const inRun = await during(bench, LATENCY_RATE, () => sync(bench.environment))
  console.log(
    `\nmilliseconds from publish to visible at ${LATENCY_RATE} changes a second (achieved ${whole(alone.achieved)}, ` +
      `${whole(inRun.achieved)}); polled every ${whole(bench.reader.resolutionMs)} ms`,
  )
  table([LATENCY_HEAD, latencyLine('alone', alone.latencies), latencyLine('while a run builds', inRun.latencies)])
  await bench.reader.stop()
}

async function measureBacklog(bench: Bench): Promise<void> {
  const { services, hints, refreshed } = bench
  const changes = await prepare(bench, Number(values.backlog))
  await services.stop('integration')
  const publishing = performance.now()
  refreshed.published(changes.length)
  for (let from = 0; from < changes.length; from += 1_000) await hints.publish(changes.slice(from, from + 1_000))
  const published = (performance.now() - publishing) / 1000
  await atRest(serverPids())
  const startedAt = Date.now()
  refreshed.follow(await services.start('integration'))
  await refreshed.drained()
  const endedAt = Date.now()
  const batches = refreshed.between(startedAt, endedAt + 1)
  const [first, last] = [batches[0], batches.at(-1)]
  const seconds = ((last?.at ?? 0) - (first === undefined ? 0 : first.at - first.milliseconds)) / 1000
  console.log(
    `\na backlog of ${whole(changes.length)} changes (published in ${tenth(published)} s): refreshed in ${tenth(seconds)} s, ` +
      `${whole(changes.length / seconds)} per second; ${tenth((endedAt - startedAt) / 1000)} s from the start of integration`,
  )
}

/** Runs without and with changes in turn, a reader polling throughout. */
async function measureRuns(bench: Bench): Promise<void> {
  const alone: MeasuredRun[] = []
  const changing: (MeasuredRun & { readonly achieved: number })[] = []
  const latencies: number[] = []
  bench.reader.start(RUN_POLL_MS)
  for (let run = 0; run < Number(values.runs); run += 1) {
    alone.push(await measuredRun(bench))
    const { result, achieved, latencies: measured } = await during(bench, RUN_RATE, () => measuredRun(bench))
    changing.push({ ...result, achieved })
    latencies.push(...measured)
  }
  const mean = (runs: readonly MeasuredRun[], of: 'seconds' | 'cpuSeconds') =>
    runs.reduce((sum, run) => sum + run[of], 0) / runs.length
  const ratio = (of: 'seconds' | 'cpuSeconds') => hundredth(mean(changing, of) / mean(alone, of))
  console.log(`\nruns without changes, and with ${RUN_RATE} a second`)
  table([
    ['', 'seconds', 'processor seconds', 'all else', 'changes/s'],
    ...alone.map((run) => ['without', ...cellsOf(run), '']),
    ...changing.map((run) => ['with', ...cellsOf(run), whole(run.achieved)]),
    ['ratio', ratio('seconds'), ratio('cpuSeconds'), '', ''],
  ])
  table([LATENCY_HEAD, latencyLine('publish to visible, ms', latencies)])
}

interface MeasuredRun {
  readonly seconds: number
  /** Of our processes and the servers. */
  readonly cpuSeconds: number
  /** Of everything else on this machine, the driver among it. */
  readonly others: number
}

async function measuredRun({ environment, services }: Bench): Promise<MeasuredRun> {
  const meter = new Meter(new Map([...services.pids, ...serverPids()]))
  try {
    const { seconds } = await sync(environment)
    const { used, others } = meter
    const shares = [...used].map(([name, { cpuSeconds }]) => `${name} ${tenth(cpuSeconds)}`)
    console.log(`a run of ${tenth(seconds)} s, processor seconds: ${shares.join(', ')}`)
    return { seconds, cpuSeconds: used.values().reduce((sum, each) => sum + each.cpuSeconds, 0), others }
  } finally {
    meter.stop()
  }
}

function cellsOf({ seconds, cpuSeconds, others }: MeasuredRun): string[] {
  return [seconds, cpuSeconds, others].map(tenth)
}

/** Compares what changes made of both generations with a rebuild. */
async function compareWithRebuild(bench: Bench): Promise<void> {
  const { environment, reader } = bench
  const before = await reading(environment, kept)
  const compare = (one: string, other: string) => reading(environment, (backends) => differences(backends, one, other))
  const lived = await compare(before.live, before.previous)
  await sync(environment)
  const { live } = await reading(environment, kept)
  const rebuilt = await compare(before.live, live)
  const counts = (differing: Readonly<Record<string, number>>) =>
    Object.entries(differing)
      .map(([index, count]) => `${index} ${count}`)
      .join(', ')
  console.log(`\ndocuments that differ between live and a rebuild: ${counts(rebuilt)}`)
  console.log(`documents that differ between live and the previous generation: ${counts(lived)}`)
  await reader.stop()
  const { errors, gaps, older, first } = reader.faults
  console.log(
    `the reader saw ${errors} errors, ${gaps} gaps, ${older} older values after newer ones` +
      `${first === null ? '' : `; the first: ${first}`}; it polled every ${whole(reader.resolutionMs)} ms`,
  )
}

async function measure(): Promise<void> {
  const namespace = await newNamespace()
  const environment = { ...namespace.environment, REVAL_LOG_LEVEL: 'warn' }
  const services = new Services(environment)
  const hints = new Hints(environment)
  let sources: Sources | null = null
  try {
    const [cpu] = cpus()
    console.log(
      `${whole(Number(values.doctors))} doctors, seed ${values.seed}; ${cpus().length} cores, ${cpu?.model ?? ''}; ` +
        `load average ${hundredth(loadavg()[0] ?? 0)}`,
    )
    await command(environment, 'demo-data', '--doctors', values.doctors, '--seed', values.seed)
    await services.startAll()
    const first = await sync(environment)
    const second = await sync(environment)
    console.log(`two syncs: ${tenth(first.seconds)} s, ${tenth(second.seconds)} s`)
    sources = await Sources.open({ ...process.env, ...environment })
    const subjects = await findSubjects(await masterIndex(environment), sources.mongodb)
    const counts = Object.entries(subjects).map(([kind, found]) => `${kind} ${whole(found.length)}`)
    console.log(`to be changed: ${counts.join(', ')}`)
    const watched = [...subjects.person.slice(-WATCHED), ...subjects.doctor.slice(-WATCHED)]
    const bench = {
      environment,
      services,
      sources,
      hints,
      sequence: new ChangeSequence(subjects, watched),
      reader: new Reader(`${namespace.prefix}-`, watched),
      refreshed: new Refreshed(services.get('integration')),
    }
    const wanted = values.only.split(',')
    if (wanted.includes('rates')) await measureRates(bench)
    if (wanted.includes('latency')) await measureLatency(bench)
    if (wanted.includes('backlog')) await measureBacklog(bench)
    if (wanted.includes('runs')) await measureRuns(bench)
    await compareWithRebuild(bench)
    console.log(`load average at the end: ${hundredth(loadavg()[0] ?? 0)}`)
  } finally {
    await services.stop(...services.pids.keys())
    await hints.close()
    await sources?.close()
    await namespace.remove()
  }
}

function masterIndex(environment: Environment): Promise<readonly IndexDocument[]> {
  return reading(environment, async ({ store, clock }) => {
    const documents: IndexDocument[] = []
    for await (const document of store.documents('live', 'masterdoctorindex', londonDay(clock.now()))) {
      documents.push(document)
    }
    return documents
  })
}

await measure()
process.exit(0)
