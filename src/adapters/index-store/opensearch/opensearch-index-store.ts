import type { Day } from '../../../domain/day.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../../../domain/lists.ts'
import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type {
  Generation,
  GenerationCounts,
  GenerationId,
  IndexStore,
  LiveNames,
  StoredRow,
  StoreWrite,
  WriteOutcome,
} from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { BulkWriter } from './bulk-writer.ts'
import { countRows } from './count.ts'
import { documentsOf } from './document-reader.ts'
import { storeFault } from './faults.ts'
import { FiveNames } from './five-names.ts'
import { GenerationNames } from './generation-names.ts'
import { Generations } from './generations.ts'
import { RowReader } from './row-reader.ts'

interface Shards {
  readonly _shards: { readonly successful: number; readonly failed: number }
}

/** The port on a search engine. Every call on a generation goes through its alias, which a dropped one has no more. */
export class OpenSearchIndexStore implements IndexStore {
  readonly #engine: Engine
  readonly #settings: SearchSettings
  readonly #names: GenerationNames
  readonly #generations: Generations
  readonly #five: FiveNames
  readonly #writer: BulkWriter
  readonly #rows: RowReader
  readonly #closing = new AbortController()

  /** The engine is closed with the store. */
  constructor(engine: Engine, settings: SearchSettings) {
    this.#engine = engine
    this.#settings = settings
    this.#names = new GenerationNames(settings.searchPrefix)
    this.#generations = new Generations(engine, this.#names, settings)
    this.#five = new FiveNames(engine, this.#names, settings)
    this.#writer = new BulkWriter(engine, settings, this.#closing.signal)
    this.#rows = new RowReader(engine)
  }

  async createGeneration(generation: Generation): Promise<void> {
    await this.#generations.create(generation)
  }

  async generations(): Promise<readonly Generation[]> {
    return this.#generations.list()
  }

  async dropGeneration(id: GenerationId): Promise<void> {
    if (await this.#five.show(id)) {
      throw new RevalError('STORE_FAILED', `generation ${id} is shown by one of the five names and cannot be dropped`)
    }
    await this.#generations.drop(id)
  }

  async write(generation: GenerationId, writes: readonly StoreWrite[]): Promise<readonly WriteOutcome[]> {
    await this.#generations.assertWritable(generation)
    try {
      return await this.#writer.write(this.#target(generation), writes)
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
    const { alias } = this.#target(generation)
    try {
      const { body } = await this.#engine.call<Shards>({ method: 'POST', path: `/${alias}/_refresh`, repeatable: true })
      const { successful, failed } = body._shards
      if (failed === 0 && successful > 0) return
    } catch (error) {
      throw storeFault(error, generation)
    }
    throw new RevalError('STORE_FAILED', `a shard of generation ${generation} is away`, { transient: true })
  }

  async count(generation: GenerationId, today: Day): Promise<GenerationCounts> {
    const { alias } = this.#target(generation)
    try {
      return await countRows(this.#engine, alias, today)
    } catch (error) {
      throw storeFault(error, generation)
    }
  }

  async *documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument> {
    const path = from === 'live' ? await this.#liveName(index) : this.#names.alias(from)
    try {
      yield* documentsOf(this.#engine, { path, index, today })
    } catch (error) {
      throw storeFault(error, from)
    }
  }

  async promote(id: GenerationId): Promise<void> {
    const { alias } = this.#target(id)
    try {
      const index = { number_of_replicas: this.#settings.searchReplicas }
      await this.#engine.call({ method: 'PUT', path: `/${alias}/_settings`, body: { index }, repeatable: true })
    } catch (error) {
      throw storeFault(error, id)
    }
    await this.#five.moveTo(id)
  }

  async liveNames(): Promise<LiveNames | null> {
    return this.#five.live()
  }

  async ping(): Promise<void> {
    await this.#five.holders({ once: true })
  }

  async close(): Promise<void> {
    this.#closing.abort(new RevalError('STORE_FAILED', 'the index store is closed'))
    await this.#engine.close()
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
    const holder = (await this.#five.holders())[name]
    if (holder.kind !== 'alias') throw new RevalError('NOTHING_LIVE', 'nothing was promoted yet')
    return this.#names.shown(name)
  }
}
