import { backendsOf, type ReaderBackends } from '../../src/app/backends.ts'
import { readConfig } from '../../src/config/config.ts'
import { londonDay } from '../../src/domain/day.ts'
import { INDEX_NAMES, type IndexName } from '../../src/domain/lists.ts'
import { readInstallation } from '../../src/sync/records.ts'
import { RevalProcess } from '../../test/stack/job/process.ts'
import { command, SERVICES, type RunShown } from '../stack/job.ts'

export type Environment = Readonly<Record<string, string>>

/** Our four processes. */
export class Services {
  readonly #environment: Environment
  readonly #processes = new Map<string, RevalProcess>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  async startAll(): Promise<void> {
    await Promise.all(SERVICES.map((name) => this.start(name)))
  }

  async start(name: string): Promise<RevalProcess> {
    // How many changes are refreshed is known from the log.
    const level = name === 'integration' ? 'debug' : 'warn'
    const started = new RevalProcess(['start', name], { ...this.#environment, REVAL_PORT: '0', REVAL_LOG_LEVEL: level })
    this.#processes.set(name, started)
    await started.address()
    return started
  }

  get(name: string): RevalProcess {
    const found = this.#processes.get(name)
    if (found === undefined) throw new Error(`${name} was not started`)
    return found
  }

  /** By name, for a meter. */
  get pids(): ReadonlyMap<string, number> {
    return new Map([...this.#processes].map(([name, { pid }]) => [name, pid]))
  }

  async stop(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.get(name).stop()))
  }
}

/** A sync that goes live. */
export async function sync(environment: Environment): Promise<RunShown> {
  const shown = JSON.parse(await command(environment, 'sync', '--json')) as RunShown
  if (shown.state !== 'live') throw new Error(`the run is ${shown.state}`)
  return shown
}

export async function reading<T>(environment: Environment, read: (backends: ReaderBackends) => Promise<T>): Promise<T> {
  const config = readConfig({ ...process.env, ...environment })
  const backends = await (await backendsOf(config)).openReader(config)
  try {
    return await read(backends)
  } finally {
    await backends.close()
  }
}

/** How many documents two generations do not have in common, by index: a changed one counts once for each. */
export async function differences(
  { store, clock }: ReaderBackends,
  one: string,
  other: string,
): Promise<Readonly<Record<IndexName, number>>> {
  const day = londonDay(clock.now())
  const counts: [IndexName, number][] = []
  for (const index of INDEX_NAMES) {
    const documents = new Map<string, number>()
    const add = async (generation: string, by: number) => {
      for await (const document of store.documents(generation, index, day)) {
        const text = JSON.stringify(document)
        const count = (documents.get(text) ?? 0) + by
        if (count === 0) documents.delete(text)
        else documents.set(text, count)
      }
    }
    await add(one, 1)
    await add(other, -1)
    counts.push([index, documents.values().reduce((sum, count) => sum + Math.abs(count), 0)])
  }
  // All names, and no others.
  return Object.fromEntries(counts) as Record<IndexName, number>
}

/** The generations that are kept now. */
export async function kept({ ledger }: ReaderBackends): Promise<{ readonly live: string; readonly previous: string }> {
  const { live, previous, stale } = await readInstallation(ledger)
  if (live === null || previous === null) throw new Error('expected two generations')
  const isStale = stale[live.generation] ?? stale[previous.generation]
  if (isStale !== undefined) throw new Error(`a generation is stale: ${isStale.reason}`)
  return { live: live.generation, previous: previous.generation }
}
