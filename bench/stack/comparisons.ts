import { atRest, serverPids, type JavaTime } from './processes.ts'
import { cpuOfServices, type Job } from './job.ts'
import { hundredth, table, tenth, whole } from './printing.ts'
import { script } from './script.ts'

/** Settings of a raw load that were tried, fastest first in nothing: documents a bulk, bulks in flight. */
const RAW_SETTINGS = [
  [1_000, 2],
  [2_500, 2],
  [5_000, 2],
  [5_000, 4],
] as const
const TRIED_WITH = 30_000

export interface RawLoad {
  readonly documents: number
  readonly seconds: number
  readonly loaderCpu: number
  /** Until it was at rest again. */
  readonly engine: JavaTime
  /** The processor time of everything else on this machine, until the last document was in. */
  readonly others: number
}

/** The exported documents loaded once, with the fastest of the settings. */
export async function loadRaw(folder: string, prefix: string): Promise<RawLoad> {
  const load = (size: number, flying: number, ...most: readonly string[]) =>
    script<RawLoad>('raw-load.ts', folder, prefix, String(size), String(flying), ...most)
  const tried: { size: number; flying: number; rate: number }[] = []
  for (const [size, flying] of RAW_SETTINGS) {
    const part = await load(size, flying, String(TRIED_WITH))
    tried.push({ size, flying, rate: part.documents / part.seconds })
  }
  const best = tried.reduce((a, b) => (b.rate > a.rate ? b : a))
  console.log('\nraw bulk load, a part of the documents with each of the settings')
  table([
    ['documents a bulk', 'in flight', 'documents/s'],
    ...tried.map((each) => [whole(each.size), String(each.flying), whole(each.rate)]),
  ])
  await atRest(serverPids())
  const raw = await load(best.size, best.flying)
  console.log(
    `all ${whole(raw.documents)} documents with the best of them: ${tenth(raw.seconds)} s, ${whole(raw.documents / raw.seconds)}/s; ` +
      `everything else here used ${tenth(raw.others)} s of processor time meanwhile`,
  )
  return raw
}

/**
 * What the design costs, whatever the stand-ins for databases and queues do on the same cores. Each side from its
 * start until the engine is at rest again: what a load leaves the engine to merge belongs to it. What the engine
 * compiles of its own code falls to whoever comes first, and to nobody in an engine that has been up for a day: the
 * ratio is of the rest, and the other one is told beside it.
 */
export function printProcessorTime(job: Job, raw: RawLoad): void {
  const ours = cpuOfServices(job.usedUntilRest)
  const row = (name: string, own: number, { cpu, compiling }: JavaTime) =>
    [name, ...[own, cpu, compiling, own + cpu - compiling].map(tenth)] as const
  console.log('\nprocessor seconds, each from its start until the search engine was at rest again')
  table([
    ['', 'of its own', 'search engine', 'of that, compiling its code', 'together without that'],
    row('job, our four processes', ours, job.engine),
    row('raw bulk load, its loader', raw.loaderCpu, raw.engine),
  ])
  const ratio = (ours + workOf(job.engine)) / (raw.loaderCpu + workOf(raw.engine))
  const withAll = (ours + job.engine.cpu) / (raw.loaderCpu + raw.engine.cpu)
  console.log(
    `ratio of processor time to the raw bulk load: ${hundredth(ratio)} (${hundredth(withAll)} with what the engine compiled)`,
  )
}

const workOf = ({ cpu, compiling }: JavaTime) => cpu - compiling

interface Replay {
  readonly requests: number
  readonly differing: number
  readonly kinds: Readonly<Record<string, number>>
  readonly seconds: number
  readonly engine: JavaTime
}

/** The share of the run ledger, of which the writer's lease is a record, in the engine's processor time. */
export async function printLedgerShare(job: Job, folder: string, prefix: string): Promise<void> {
  const replay = await script<Replay>('replay-ledger.ts', folder, prefix, String(job.began), String(job.rested))
  const took = workOf(replay.engine)
  const engine = workOf(job.engine)
  console.log('\nrequests of the run ledger and the lease during the job')
  const kinds = Object.entries(replay.kinds).sort(([, a], [, b]) => b - a)
  table(kinds.map(([kind, count]) => [kind, whole(count)]))
  console.log(
    `the ${whole(replay.requests)} requests of the run ledger and the lease, sent again by themselves one after the other ` +
      `(${tenth(replay.seconds)} s, ${replay.differing} answered otherwise than in the job), took the search engine ` +
      `${hundredth(took)} s of processor time: ${tenth((took / engine) * 100)} % of the ${tenth(engine)} s it took for the ` +
      'job, both without what it compiled and until it was at rest again',
  )
}

export async function printReferenceWay(
  folder: string,
  prefix: string,
  doctors: string,
  jobRate: number,
): Promise<void> {
  const reference = await script<{ doctors: number; seconds: number }>('reference-way.ts', folder, prefix, doctors)
  const rate = reference.doctors / reference.seconds
  console.log(
    `\nthe reference's way, ${whole(reference.doctors)} doctors: ${tenth(reference.seconds)} s, ${tenth(rate)} doctors/s`,
  )
  console.log(`ratio to the reference's way: ${whole(jobRate / rate)}`)
}
