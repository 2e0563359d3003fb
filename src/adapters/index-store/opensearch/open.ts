import type { Day } from '../../../domain/day.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../../../domain/lists.ts'
import type { GenerationCounts, Profile } from '../../../domain/profile.ts'
import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type {
  Generation,
  GenerationId,
  Guard,
  IndexStore,
  LiveNames,
  StoredRow,
  StoreWrite,
  WriteOutcome,
} from '../../../ports/index-store.ts'
import { Bulks } from '../../opensearch/bulks.ts'
import { Engine, EngineFault } from '../../opensearch/engine.ts'
import { reachEngine } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { aggregate, countRows } from './count.ts'
import { storeFault } from './faults.ts'
import { GenerationNames } from './generation-names.ts'
import { Generations } from './generations.ts'
import { IndexAliases } from './index-aliases.ts'
import { profileRows } from './profile.ts'
import { documentsOf } from './read-documents.ts'
import { RowReader } from './read-rows.ts'
import { writeRows } from './write-rows.ts'

/**
 * The index store in a search engine: OpenSearch, or Elasticsearch 7 from 7.10 on. Any number of processes may have it
 * open. Rejects SERVER_UNREACHABLE (transient), SERVER_LOGIN_REFUSED, SERVER_UNSUITABLE; nothing is left open then.
 */
export async function openSearchIndexStore({ settings }: { readonly settings: SearchSettings }): Promise<IndexStore> {
  const engine = new Engine(settings, 'STORE_FAILED')
  try {
    await reachEngine(engine, settings)
  } catch (error) {
    await engine.close()
    throw error
  }
  return new OpenSearchIndexStore(engine, settings)
}

/** How engines call it that an index, or a shard of it, cannot be searched. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'index_closed_exception',
  'search_phase_execution_exception',
  'no_shard_available_action_exception',
])

interface Shards {
  readonly _shards: { readonly successful: number; readonly failed: number }
}

/**
 * The port on a search engine. Every call on a generation goes through its alias, which a dropped one has no more. How
 * long a call may take follows from the requests that it makes and their limits (`CALL_LIMITS`, `Bulks.send`): `get`,
 * `findByNumbers` and `documents` make one for each thousand rows, `promote` four, the others one or two.
 */
class OpenSearchIndexStore implements IndexStore {
  readonly #engine: Engine
  readonly #settings: SearchSettings
  readonly #names: GenerationNames
  readonly #generations: Generations
  readonly #aliases: IndexAliases
  readonly #bulks: Bulks
  readonly #rows: RowReader

  /** The engine is closed with the store. */
  constructor(engine: Engine, settings: SearchSettings) {
    this.#engine = engine
    this.#settings = settings
    this.#names = new GenerationNames(settings.searchPrefix)
    this.#generations = new Generations(engine, this.#names, settings)
    this.#aliases = new IndexAliases(engine, this.#names, settings)
    this.#bulks = new Bulks(engine, settings, 'STORE_FAILED')
    this.#rows = new RowReader(engine)
  }

  async createGeneration(generation: Generation, guard?: Guard): Promise<void> {
    await this.#generations.create(generation, guard)
  }

  async generations(): Promise<readonly Generation[]> {
    return this.#generations.list()
  }

  async dropGeneration(id: GenerationId, guard?: Guard): Promise<void> {
    if (await this.#aliases.isShown(id)) {
      throw new RevalError('STORE_FAILED', `generation ${id} is in use by one of the five names and cannot be dropped`)
    }
    await this.#generations.drop(id, guard)
  }

  async write(
    generation: GenerationId,
    writes: readonly StoreWrite[],
    guard?: Guard,
  ): Promise<readonly WriteOutcome[]> {
    await this.#generations.assertWritable(generation)
    try {
      return await writeRows(this.#bulks, { ...this.#target(generation), guard }, writes)
    } catch (error) {
      if (error instanceof RevalError && error.code === 'GENERATION_UNKNOWN') this.#generations.forget(generation)
      throw error
    }
  }

  async get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]> {
    if (ids.length === 0) await this.#generations.assertThere(generation)
    return this.#rows.get(this.#target(generation), ids)
  }

  async findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]> {
    if (numbers.length === 0) await this.#generations.assertThere(generation)
    return this.#rows.findByNumbers(this.#target(generation), numbers)
  }

  /** What is written is in the engine's log on the disk already; this is about being seen. */
  async makeVisible(generation: GenerationId): Promise<void> {
    const { _shards } = await this.#of(generation, (alias) => this.#engine.refresh<Shards>(alias, 'large'))
    const { successful, failed } = _shards
    if (failed === 0 && successful > 0) return
    throw new RevalError('STORE_FAILED', `a shard of generation ${generation} is unavailable`, { transient: true })
  }

  async count(generation: GenerationId, today: Day): Promise<GenerationCounts> {
    return this.#of(generation, (alias) => countRows(this.#engine, alias, today))
  }

  async profile(generation: GenerationId, today: Day): Promise<Profile> {
    return this.#of(generation, (alias) => profileRows(this.#engine, alias, today))
  }

  async *documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument> {
    const path = from === 'live' ? await this.#liveName(index) : this.#names.alias(from)
    try {
      yield* documentsOf(this.#engine, { path, index, today })
    } catch (error) {
      throw storeFault(error, from)
    }
  }

  async promote(to: GenerationId, from: GenerationId | null, guard?: Guard): Promise<void> {
    const plan = await this.#aliases.planMove(to, from)
    if (plan === null) return
    await this.#assertReadable(to)
    const body = { index: { number_of_replicas: this.#settings.searchReplicas } }
    await this.#of(to, (alias) =>
      this.#engine.call({ method: 'PUT', path: `/${alias}/_settings`, body, kind: 'large', guard }),
    )
    await this.#aliases.move(to, plan, guard)
  }

  async liveNames(): Promise<LiveNames | null> {
    return this.#aliases.live()
  }

  async foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null> {
    return this.#aliases.foreignCounts()
  }

  async ping(): Promise<void> {
    await this.#aliases.targets('ping')
  }

  async close(): Promise<void> {
    this.#bulks.close()
    await this.#engine.close()
  }

  /** Rejects GENERATION_UNREADABLE where a search of all shards fails: of an index that is closed, or has lost one. */
  async #assertReadable(id: GenerationId): Promise<void> {
    try {
      await this.#of(id, (alias) => aggregate(this.#engine, alias, {}))
    } catch (error) {
      if (!(error instanceof EngineFault) || !UNREADABLE.has(error.type ?? '')) throw error
      const { message, transient } = error
      const what = `generation ${id} is damaged: ${message}`
      throw new RevalError('GENERATION_UNREADABLE', what, { cause: error, transient })
    }
  }

  /** What the generation of this alias is asked, its faults in the words of the port. */
  async #of<T>(generation: GenerationId, ask: (alias: string) => Promise<T>): Promise<T> {
    const alias = this.#names.alias(generation)
    try {
      return await ask(alias)
    } catch (error) {
      throw storeFault(error, generation)
    }
  }

  #target(generation: GenerationId) {
    return { generation, alias: this.#names.alias(generation) }
  }

  /**
   * The name through which an index is read. That of the exceptions looks at the clock, and a day is asked for here: so
   * they are read through the master's name, which is always moved with it.
   */
  async #liveName(index: IndexName): Promise<string> {
    const name = index === 'exceptionindex' ? 'masterdoctorindex' : index
    const target = (await this.#aliases.targets()).names[name]
    if (target.kind !== 'alias') throw new RevalError('NOTHING_LIVE', 'nothing has been promoted yet')
    return this.#names.shown(name)
  }
}
