import { atRest, serverPids, type JavaTime } from './processes.ts'
import { cpuOfServices, type Job } from './job.ts'
import { hundredth, table, tenth, whole } from './printing.ts'
import { script } from './script.ts'

/** Settings to try for the raw load: documents per bulk, bulks in flight. */
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
  /** Until it was idle again. */
  readonly engine: JavaTime
  /** The processor time of everything else on this machine, until the last document was loaded. */
  readonly others: number
}

/** The exported documents loaded once, with the fastest settings. */
export async function loadRaw(folder: string, prefix: string): Promise<RawLoad> {
  const load = (size: number, flying: number, ...most: readonly string[]) =>
    script<RawLoad>('raw-load.ts', folder, prefix, String(size), String(flying), ...most)
  const tried: { size: number; flying: number; rate: number }[] = []
  for (const [size, flying] of RAW_SETTINGS) {
    const part = await load(size, flying, String(TRIED_WITH))
    tried.push({ size, flying, rate: part.documents / part.seconds })
  }
  const best = tried.reduce((a, b) => (b.rate > a.rate ? b : a))
  console.log('\nraw bulk load, part of the documents with each of the settings')
  table([
    ['documents a bulk', 'in flight', 'documents/s'],
    ...tried.map((each) => [whole(each.size), String(each.flying), whole(each.rate)]),
  ])
  await atRest(serverPids())
  const raw = await load(best.size, best.flying)
  console.log(
    `all ${whole(raw.documents)} documents with the best settings: ${tenth(raw.seconds)} s, ${whole(raw.documents / raw.seconds)}/s; ` +
      `everything else on this machine used ${tenth(raw.others)} s of processor time`,
  )
  return raw
}

/**
 * What the design costs, apart from the databases and queues on the same cores. Each side is measured from its start
 * until the engine is idle again, because merges belong to the load. The engine's JIT compiler is excluded, since its
 * work goes to the first load after a start, and to none in an engine that has run for a day; the ratio including it
 * is printed too.
 */
export function printProcessorTime(job: Job, raw: RawLoad): void {
  const ours = cpuOfServices(job.usedUntilRest)
  const row = (name: string, own: number, { cpu, compiling }: JavaTime) =>
    [name, ...[own, cpu, compiling, own + cpu - compiling].map(tenth)] as const
  console.log('\nprocessor seconds, each from its start until the search engine was idle again')
  table([
    ['', 'own', 'search engine', 'of that, JIT compiler', 'total without it'],
    row('job, our four processes', ours, job.engine),
    row('raw bulk load, its loader', raw.loaderCpu, raw.engine),
  ])
  const ratio = (ours + workOf(job.engine)) / (raw.loaderCpu + workOf(raw.engine))
  const withAll = (ours + job.engine.cpu) / (raw.loaderCpu + raw.engine.cpu)
  console.log(
    `ratio of processor time to the raw bulk load: ${hundredth(ratio)} (${hundredth(withAll)} with the engine's JIT compiler)`,
  )
}

/** What tables cost on top of views, in units of the raw bulk load. */
export function printTables(tables: Job, views: Job, raw: RawLoad): void {
  const of = ({ shown }: Job, stage: string) => shown.stages.find((each) => each.stage === stage)?.seconds ?? 0
  const processor = ({ usedUntilRest, engine }: Job) => cpuOfServices(usedUntilRest) + workOf(engine)
  console.log('\ntables and views')
  table([
    ['', 'seconds', 'of that, stage lists', 'processor seconds'],
    ...(
      [
        ['tables', tables],
        ['views', views],
      ] as const
    ).map(([name, job]) => [name, ...[job.shown.seconds, of(job, 'lists'), processor(job)].map(tenth)]),
  ])
  const more = tables.shown.seconds - views.shown.seconds
  const moreWork = processor(tables) - processor(views)
  console.log(
    `tables on top of views: ${tenth(more)} s, ${hundredth(more / raw.seconds)} of the raw bulk load (its stage lists alone: ` +
      `${hundredth(of(tables, 'lists') / raw.seconds)}); ${tenth(moreWork)} s of processor time, ` +
      `${hundredth(moreWork / (raw.loaderCpu + workOf(raw.engine)))} of it`,
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

/** The share of the ledger, including the writer's lease, in the engine's processor time. */
export async function printLedgerShare(job: Job, folder: string, prefix: string): Promise<void> {
  const replay = await script<Replay>('replay-ledger.ts', folder, prefix, String(job.began), String(job.rested))
  const took = workOf(replay.engine)
  const engine = workOf(job.engine)
  console.log('\nrequests for ledger and lease during the job')
  const kinds = Object.entries(replay.kinds).sort(([, a], [, b]) => b - a)
  table(kinds.map(([kind, count]) => [kind, whole(count)]))
  console.log(
    `the ${whole(replay.requests)} requests for ledger and lease, replayed one after the other ` +
      `(${tenth(replay.seconds)} s, ${replay.differing} answered differently), took the search engine ` +
      `${hundredth(took)} s of processor time: ${tenth((took / engine) * 100)} % of the ${tenth(engine)} s it took for the ` +
      'job, both without its JIT compiler and until it was idle again',
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
