import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { backendsOf, type ReaderBackends, type WorkerBackends } from '../../../src/app/backends.ts'
import { openEmbeddedWorker } from '../../../src/app/embedded-backends.ts'
import { fillWithDemo } from '../../../src/app/demo/fill-with-demo.ts'
import { loadExports } from '../../../src/app/loading/load-exports.ts'
import { startWorkerOn, type Worker, type WorkerOptions } from '../../../src/app/worker.ts'
import { readConfig, type Config } from '../../../src/config/config.ts'
import type { Day } from '../../../src/domain/day.ts'
import { byIndex, INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import type { GenerationId } from '../../../src/ports/index-store.ts'
import {
  SERVICE_NAMES,
  type Installation,
  type Run,
  type RunId,
  type ServiceName,
} from '../../../src/ports/run-ledger.ts'
import type { FillableSources } from '../../../src/ports/source-filling.ts'
import { createRunEvents, type RunEvents } from '../../../src/sync/events.ts'
import { readInbox, readInstallation } from '../../../src/sync/records.ts'
import { requestRun, type RunRequestOptions } from '../../../src/sync/lead/run-request.ts'
import { awaitAnswer, postRequest } from '../../../src/sync/lead/writer-request.ts'
import { fillFew, type Few } from './few-sources.ts'

export const SAMPLE = join(import.meta.dirname, '../../fixtures/sample')
/** Right for the sample on any day before 2030. */
export const DAY: Day = '2026-06-01'

/** Compares no reasons by the clock, which would come in between, whenever the test happens to run. */
export const NO_COMPARISONS = { REVAL_SCHEDULE_REASONS: 'off' }

/** For a test with entirely different sources: no figure is judged. */
export const UNJUDGED = { REVAL_CHECK_FEWEST_ROWS: '1000000' }

/** Every document of the five indexes, each as JSON with its keys in order, sorted. */
export type Documents = Readonly<Record<IndexName, readonly string[]>>

export const canonical = (document: object): string =>
  JSON.stringify(Object.fromEntries(Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1))))

/** What the five indexes must hold after a sync of the sample. */
export function expectedDocuments(): Documents {
  return byIndex((index) =>
    readFileSync(join(SAMPLE, 'expected', `${index}.ndjson`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => canonical(JSON.parse(line) as object))
      .sort(),
  )
}

/** What a test or a suite offers for cleaning up. */
export interface Owner {
  after(clean: () => Promise<void>): unknown
}

/** The data directory of one test, its contents, and the workers that are started on it. */
export class Workplace {
  readonly directory: string
  readonly config: Config
  readonly #workers: Worker[] = []

  private constructor(directory: string, settings: Readonly<Record<string, string>>) {
    this.directory = directory
    this.config = readConfig({ REVAL_POLL_MS: '10', ...NO_COMPARISONS, ...settings, REVAL_DATA_DIR: directory })
  }

  /** Removed when the test ends, its workers stopped. */
  static async make(t: Owner, settings: Readonly<Record<string, string>> = {}): Promise<Workplace> {
    const directory = await mkdtemp(join(tmpdir(), 'reval-job-'))
    const place = new Workplace(directory, settings)
    t.after(async () => {
      for (const worker of place.#workers) await worker.stop()
      await rm(directory, { recursive: true })
    })
    return place
  }

  /** A copy of another workplace; no process may be running there. */
  static async copyOf(t: Owner, other: Workplace, settings: Readonly<Record<string, string>> = {}): Promise<Workplace> {
    const place = await Workplace.make(t, settings)
    await cp(other.directory, place.directory, { recursive: true })
    return place
  }

  async fill(filling: (sources: FillableSources) => Promise<unknown>): Promise<void> {
    const backends = await (await backendsOf(this.config)).openFilling(this.config, { force: false })
    try {
      await filling(backends.sources)
    } finally {
      await backends.close()
    }
  }

  loadSample(): Promise<void> {
    return this.fill((sources) => loadExports(SAMPLE, sources))
  }

  loadFew(few: Few = {}): Promise<void> {
    return this.fill((sources) => fillFew(sources, few))
  }

  makeDemo(doctors: number, seed = 1): Promise<void> {
    return this.fill((sources) => fillWithDemo(sources, { doctors, seed }))
  }

  /** Starts a worker, on its backends as `altered` makes them; where it lacks services, the test stands in for them. */
  async start(
    altered: (backends: WorkerBackends) => WorkerBackends = (backends) => backends,
    events: RunEvents = createRunEvents(),
    services: readonly ServiceName[] = SERVICE_NAMES,
    { metrics = false }: { readonly metrics?: boolean } = {},
  ): Promise<Worker> {
    return this.#start(altered(await this.#openWorker(false)), { events, services, metrics })
  }

  /** Starts a worker as `reval start` does: with the index store on its own thread. */
  async startWithIndexThread(): Promise<Worker> {
    return this.#start(await this.#openWorker(true), { metrics: true })
  }

  async #start(backends: WorkerBackends, options: WorkerOptions): Promise<Worker> {
    const worker = await startWorkerOn({ ...backends, oneProcess: false }, this.config, options)
    this.#workers.push(worker)
    return worker
  }

  // A thread takes as long to start as much of a test. The commands and the store's own tests have it.
  async #openWorker(ownThread: boolean): Promise<WorkerBackends> {
    if (this.config.backends === 'embedded') return openEmbeddedWorker(this.config, { ownThread })
    return (await backendsOf(this.config)).openWorker(this.config, SERVICE_NAMES)
  }

  /** All documents of a generation, or of the live one. */
  async documents(from: GenerationId | 'live' = 'live', day = DAY): Promise<Documents> {
    return this.reading((backends) => readDocuments(backends, from, day))
  }

  /** Opens the workplace as a reading process does. */
  async reading<T>(read: (backends: ReaderBackends) => Promise<T>): Promise<T> {
    const backends = await (await backendsOf(this.config)).openReader(this.config)
    try {
      return await read(backends)
    } finally {
      await backends.close()
    }
  }

  /** The generations that are kept, oldest first. */
  generations(): Promise<readonly GenerationId[]> {
    return this.reading(async ({ store }) => (await store.generations()).map(({ id }) => id))
  }

  installation(): Promise<Installation> {
    return this.reading(({ ledger }) => readInstallation(ledger))
  }

  /** Resolves once so many requests wait for the writer's answer; rejects with the first that is refused before. */
  async untilAsked(waiting: number, ...asked: readonly Promise<void>[]): Promise<void> {
    await this.reading(async ({ ledger }) => {
      const waitingNow = async () => (await readInbox(ledger)).requests.filter(({ answer }) => answer === null).length
      const all = until(async () => (await waitingNow()) >= waiting)
      await Promise.race([all, ...asked])
    })
  }
}

/** Resolves once the condition holds; rejects when it does not within a minute, which a busy machine may take. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(60_000)
  while (!(await holds())) {
    deadline.throwIfAborted()
    await turn()
  }
}

/** All documents of a generation, or of the live one. */
export async function readDocuments(
  { store }: Pick<ReaderBackends, 'store'>,
  from: GenerationId | 'live',
  day = DAY,
): Promise<Documents> {
  const found = byIndex((): string[] => [])
  for (const index of INDEX_NAMES) {
    for await (const document of store.documents(from, index, day)) found[index].push(canonical(document))
    found[index].sort()
  }
  return found
}

/** The run as it ended; call it before it can have ended. */
export function runEnd(events: RunEvents, id: string): Promise<Run> {
  return new Promise((resolve) => {
    const listen = ({ run }: { run: Run }) => {
      if (run.id !== id) return
      events.off('run.ended', listen)
      resolve(run)
    }
    events.on('run.ended', listen)
  })
}

export interface StartedRun {
  readonly id: RunId
  /** The run as it ended; rejects if the worker cannot continue. */
  readonly ended: Promise<Run>
}

/** Requests a run. */
export async function startRun(worker: Worker, day = DAY, wish: Partial<RunRequestOptions> = {}): Promise<StartedRun> {
  const { events } = worker.context
  const over = new Map<RunId, Run>()
  const keep = ({ run }: { run: Run }) => over.set(run.id, run)
  // The run may end before its id is known here.
  events.on('run.ended', keep)
  const { id } = await requestRun(worker.context, { by: 'test', day, ...wish })
  worker.integration?.wake()
  const run = over.get(id)
  const stopped = worker.ended.then(() => Promise.reject(new Error('the worker ended before the run')))
  const ended = Promise.race([run === undefined ? runEnd(events, id) : Promise.resolve(run), stopped])
  events.off('run.ended', keep)
  return { id, ended }
}

/** Requests a run and waits for its end. */
export async function runToEnd(worker: Worker, day = DAY, wish: Partial<RunRequestOptions> = {}): Promise<Run> {
  return (await startRun(worker, day, wish)).ended
}

/** Asks the writer and waits for its answer. */
export async function ask(
  worker: Worker,
  kind: 'cancel' | 'rollback' | 'promote' | 'discard',
  run: string | null = null,
): Promise<void> {
  const id = await postRequest(worker.context, { kind, run, by: 'test', why: 'a test' })
  worker.integration?.wake()
  await awaitAnswer(worker.context, id, 20_000, AbortSignal.timeout(20_000))
}
