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
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { aggregate, countRows } from './count.ts'
import { documentsOf } from './document-reader.ts'
import { storeFault } from './faults.ts'
import { FiveNames } from './five-names.ts'
import { foreignCounts } from './foreign-counts.ts'
import { GenerationNames } from './generation-names.ts'
import { Generations } from './generations.ts'
import { profileRows } from './profile.ts'
import { RowReader } from './row-reader.ts'
import { writeRows } from './row-writer.ts'

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
export class OpenSearchIndexStore implements IndexStore {
  readonly #engine: Engine
  readonly #settings: SearchSettings
  readonly #names: GenerationNames
  readonly #generations: Generations
  readonly #five: FiveNames
  readonly #bulks: Bulks
  readonly #rows: RowReader

  /** The engine is closed with the store. */
  constructor(engine: Engine, settings: SearchSettings) {
    this.#engine = engine
    this.#settings = settings
    this.#names = new GenerationNames(settings.searchPrefix)
    this.#generations = new Generations(engine, this.#names, settings)
    this.#five = new FiveNames(engine, this.#names, settings)
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
    if (await this.#five.show(id)) {
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
    const { body } = await this.#of(generation, (alias) =>
      this.#engine.call<Shards>({ method: 'POST', path: `/${alias}/_refresh`, kind: 'large' }),
    )
    const { successful, failed } = body._shards
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
    const plan = await this.#five.planMove(to, from)
    if (plan === null) return
    await this.#assertReadable(to)
    const body = { index: { number_of_replicas: this.#settings.searchReplicas } }
    await this.#of(to, (alias) =>
      this.#engine.call({ method: 'PUT', path: `/${alias}/_settings`, body, kind: 'large', guard }),
    )
    await this.#five.move(to, plan, guard)
  }

  async liveNames(): Promise<LiveNames | null> {
    return this.#five.live()
  }

  async foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null> {
    return foreignCounts(this.#engine, this.#names, this.#five)
  }

  async ping(): Promise<void> {
    await this.#five.holders('ping')
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
      throw new RevalError('GENERATION_UNREADABLE', `generation ${id} is damaged: ${message}`, {
        cause: error,
        transient,
      })
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
    const holder = (await this.#five.holders()).names[name]
    if (holder.kind !== 'alias') throw new RevalError('NOTHING_LIVE', 'nothing has been promoted yet')
    return this.#names.shown(name)
  }
}
