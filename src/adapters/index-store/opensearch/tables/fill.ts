import { randomBytes } from 'node:crypto'
import type { Day } from '../../../../domain/day.ts'
import { INDEX_FIELDS, LIST_NAMES, type ListName } from '../../../../domain/lists.ts'
import { RevalError } from '../../../../errors/reval-error.ts'
import type { FillingOptions, GenerationId, Guard } from '../../../../ports/index-store.ts'
import { EngineFault, type Engine } from '../../../opensearch/engine.ts'
import type { SearchSettings } from '../../../opensearch/settings.ts'
import { NOT_FOUND, storeFault, unallocated } from '../faults.ts'
import type { GenerationNames } from '../generation-names.ts'
import type { Generations } from '../generations.ts'
import { listQuery } from '../list-queries.ts'
import { copyByTask, DestinationGone } from './reindex-task.ts'
import { tableBody } from './table-index.ts'
import { tableIndexesIn, type TableIndex } from './table-indexes.ts'

/** A filling of all tables of one generation, by the writer of a term. */
interface Filling {
  readonly id: GenerationId
  readonly term: number
  readonly day: Day
  readonly guard: Guard | undefined
}

interface NewTable {
  readonly list: ListName
  readonly index: string
}

/**
 * Fills tables by tasks of the engine, into new indexes. Only the last call, which names all four at once, makes them the tables
 * of the generation. A crash before it leaves indexes that nothing reads, and that the next writer or filling removes: with
 * them goes the alias that a task which is still running writes to, and the task fails.
 */
export class TableFilling {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #settings: SearchSettings
  readonly #generations: Generations

  constructor(parts: {
    readonly engine: Engine
    readonly names: GenerationNames
    readonly settings: SearchSettings
    readonly generations: Generations
  }) {
    this.#engine = parts.engine
    this.#names = parts.names
    this.#settings = parts.settings
    this.#generations = parts.generations
  }

  async fill(filling: Filling, options: FillingOptions): Promise<void> {
    const { id } = filling
    options.signal.throwIfAborted()
    await this.#generations.assertWriter(filling.id, filling.term)
    const earlier = await this.#earlierTables(filling)
    const number = randomBytes(4).toString('hex')
    const tables = LIST_NAMES.map((list) => ({ list, index: this.#names.tableIndex(list, id, number) }))
    try {
      await this.#removeIndexes(
        earlier.filter(({ isLive }) => !isLive).map(({ index }) => index),
        filling.guard,
      )
      await allEnded(tables.map((table) => this.#create(table, filling)))
      await this.#copyAll(tables, filling, options)
      await this.#generations.assertWriter(filling.id, filling.term)
      await this.#finish(
        tables,
        earlier.filter(({ isLive }) => isLive),
        filling,
      )
    } catch (error) {
      await this.#removeUnfinished(tables, filling.guard)
      throw await this.#faultOf(error, filling)
    }
  }

  /** What an earlier filling left. */
  async #earlierTables({ id }: Filling): Promise<readonly TableIndex[]> {
    const indexes = await this.#engine.indexes([this.#names.tablePatternOf(id)])
    return tableIndexesIn(this.#names, indexes).filter(({ generation }) => generation === id)
  }

  async #create({ list, index }: NewTable, { id, guard }: Filling): Promise<void> {
    const aliases = [this.#names.fillingAlias(index)]
    const body = tableBody({ generation: id, list }, { aliases, searchShards: this.#settings.searchShards })
    if ((await this.#engine.createIndex(index, body, guard)) === 'created') return
    throw unallocated(index)
  }

  /** Copies the rows of all lists; the first failure ends the other tasks. */
  async #copyAll(tables: readonly NewTable[], { id, day, guard }: Filling, options: FillingOptions): Promise<void> {
    const failing = new AbortController()
    const signal = AbortSignal.any([options.signal, failing.signal])
    const copied = new Map<ListName, number>()
    const copying = tables.map(async ({ list, index }) => {
      const source = this.#names.alias(id)
      const destination = this.#names.fillingAlias(index)
      const onRows = (rows: number) => {
        copied.set(list, rows)
        options.onRows([...copied.values()].reduce((sum, each) => sum + each, 0))
      }
      const what = { source, query: listQuery(list, day), fields: INDEX_FIELDS[list], destination }
      try {
        await copyByTask(this.#engine, what, { signal, onRows }, guard)
      } catch (error) {
        failing.abort(error)
        throw error
      }
    })
    await Promise.allSettled(copying)
    options.signal.throwIfAborted()
    failing.signal.throwIfAborted()
  }

  /** Makes the new indexes the tables of the generation, in one step. Those that users read are replaced in it. */
  async #finish(tables: readonly NewTable[], live: readonly TableIndex[], filling: Filling): Promise<void> {
    const { id, term, guard } = filling
    const path = tables.map(({ index }) => index).join(',')
    await this.#engine.refresh(path, 'large')
    if (live.length > 0) {
      const index = { number_of_replicas: this.#settings.searchReplicas, refresh_interval: null }
      await this.#engine.call({ method: 'PUT', path: `/${path}/_settings`, body: { index }, kind: 'large', guard })
    }
    const actions = tables.flatMap(({ list, index }): object[] => {
      const replaced = live.filter((each) => each.list === list)
      const carried = this.#names.aliasNames.filter((alias) => replaced.some(({ aliases }) => aliases.includes(alias)))
      return [
        ...replaced.map((each) => ({ remove_index: { index: each.index } })),
        { remove: { index, alias: this.#names.fillingAlias(index) } },
        { add: { index, alias: this.#names.tableWriteAlias(list, id, term) } },
        // With a write index, no second index can have the alias.
        ...[this.#names.table(list, id), ...carried].map((alias) => ({ add: { index, alias, is_write_index: true } })),
      ]
    })
    await this.#engine.changeAliases(actions, guard)
  }

  async #removeIndexes(indexes: readonly string[], guard?: Guard): Promise<void> {
    if (indexes.length === 0) return
    await this.#engine.changeAliases(
      indexes.map((index) => ({ remove_index: { index } })),
      guard,
    )
  }

  async #removeUnfinished(tables: readonly NewTable[], guard?: Guard): Promise<void> {
    const path = `/${tables.map(({ index }) => index).join(',')}`
    try {
      await this.#engine.call({ method: 'DELETE', path, query: { ignore_unavailable: true }, kind: 'large', guard })
    } catch (error) {
      // The next filling or writer removes them, and this error must not hide why they are not filled.
      if (!(error instanceof EngineFault)) throw error
    }
  }

  /** What a failure means. An index that is gone was removed with the generation or by its next writer. */
  async #faultOf(error: unknown, filling: Filling): Promise<unknown> {
    const isGone = error instanceof DestinationGone || (error instanceof EngineFault && error.type === NOT_FOUND)
    if (!isGone) return storeFault(error, filling.id)
    await this.#generations.assertWriter(filling.id, filling.term)
    const what = `tables of generation ${filling.id} were removed while they were filled`
    return new RevalError('STORE_FAILED', what, { cause: error, transient: true })
  }
}

/** Rejects with the first failure once nothing is on its way any more. */
async function allEnded(calls: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(calls)
  await Promise.all(calls)
}
