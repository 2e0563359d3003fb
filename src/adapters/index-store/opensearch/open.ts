import type { Day } from '../../../domain/day.ts'
import type { IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, Guard, IndexStore } from '../../../ports/index-store.ts'
import { Bulks } from '../../opensearch/bulks.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import { openEngine } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { aggregate, countRows } from './count.ts'
import { storeFault } from './faults.ts'
import type { GenerationIndexes } from './generation-indexes.ts'
import { GenerationNames } from './generation-names.ts'
import { Generations } from './generations.ts'
import { IndexAliases } from './index-aliases.ts'
import { adoptIndexes } from './java/adopt-indexes.ts'
import { javaCounts, javaProfile } from './java/java-counts.ts'
import { javaDocuments, javaRows, javaRowsOfNumbers, javaRowsWithIds } from './java/java-rows.ts'
import { releaseIndexes } from './java/release-indexes.ts'
import { profileRows } from './profile.ts'
import { documentsOf, documentsOfTable } from './read-documents.ts'
import { RowReader } from './read-rows.ts'
import { RowWriter } from './row-writer.ts'
import { scannedRows } from './scan-rows.ts'
import { spaceOf } from './space.ts'
import { TableFilling } from './tables/fill.ts'
import { TableReader } from './tables/read-tables.ts'
import { TableWriter } from './tables/write-tables.ts'

/**
 * The index store in a search engine: OpenSearch, or Elasticsearch 7 from 7.10 on. Any number of processes may
 * open it. Rejects SERVER_UNREACHABLE (transient), SERVER_LOGIN_REFUSED, SERVER_UNSUITABLE, and then leaves nothing open.
 */
export async function openSearchIndexStore({ settings }: { readonly settings: SearchSettings }): Promise<IndexStore> {
  return storeIn(await openEngine(settings, 'STORE_FAILED'), settings)
}

/** The engines' error types for an index, or a shard of it, that cannot be searched. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'index_closed_exception',
  'search_phase_execution_exception',
  'no_shard_available_action_exception',
])

interface Shards {
  readonly _shards: { readonly successful: number; readonly failed: number }
}

/**
 * The port on a search engine; closing it closes the engine. Every call on a generation goes through one of its aliases, which
 * do not exist once it is dropped. How long a call may take follows from the requests that it makes and their limits (`CALL_LIMITS`,
 * `Bulks.send`): `get`, `findByNumbers` and `documents` make one for each thousand rows, `promote` four, the others one or
 * two.
 */
function storeIn(engine: Engine, settings: SearchSettings): IndexStore {
  const names = new GenerationNames(settings.searchPrefix)
  const generations = new Generations(engine, names, settings)
  const aliases = new IndexAliases(engine, names)
  const bulks = new Bulks(engine, settings, 'STORE_FAILED')
  const rows = new RowReader(engine)
  const targetOf = (generation: GenerationId) => ({ generation, alias: names.alias(generation) })
  const filling = new TableFilling({ engine, names, settings, generations })
  const tables = new TableReader(engine, names, generations)
  const writer = new RowWriter({
    ...{ bulks, names, generations },
    tables: new TableWriter({ engine, bulks, names, generations, rows }),
  })

  /** Queries the generation through its alias; turns its errors into those of the port. */
  const ask = async <T>(generation: GenerationId, question: (alias: string) => Promise<T>): Promise<T> => {
    try {
      return await question(names.alias(generation))
    } catch (error) {
      throw storeFault(error, generation)
    }
  }

  /** One that is missing must not hide the others. */
  const refreshedTables = async (id: GenerationId): Promise<Shards['_shards']> => {
    const filled = Object.values((await generations.known(id)).tables)
    if (filled.length === 0) return { successful: 0, failed: 0 }
    const [path, query] = [`/${filled.join(',')}/_refresh`, { ignore_unavailable: true }]
    return (await engine.call<Shards>({ method: 'POST', path, query, kind: 'large' })).body._shards
  }

  /** Rejects GENERATION_UNREADABLE if a search of all shards fails: the index is closed, or has lost one. */
  const assertReadable = async (id: GenerationId, indexes: readonly string[]) => {
    try {
      await ask(id, () => aggregate(engine, indexes.join(','), {}))
    } catch (error) {
      if (!(error instanceof EngineFault) || !UNREADABLE.has(error.type ?? '')) throw error
      const { message, transient } = error
      const what = `generation ${id} is damaged: ${message}`
      throw new RevalError('GENERATION_UNREADABLE', what, { cause: error, transient })
    }
  }

  /** Java services that write to tables expect to find what they wrote. */
  const makeReadyForReaders = async ({ id, master, tables }: GenerationIndexes, guard?: Guard) => {
    const replicas = { number_of_replicas: settings.searchReplicas }
    const set = (indexes: readonly string[], index: object) =>
      engine.call({ method: 'PUT', path: `/${indexes.join(',')}/_settings`, body: { index }, kind: 'large', guard })
    await ask(id, () => set([master], replicas))
    const filled = Object.values(tables)
    if (filled.length > 0) await ask(id, () => set(filled, { ...replicas, refresh_interval: null }))
  }

  /**
   * The documents of a live index. A table is read as it is. The view of the exceptions filters by the engine's clock, and the
   * caller gives a day: so views of them are read through the master index's alias, which always moves with it.
   */
  const liveDocuments = async function* (index: IndexName, today: Day) {
    const { targets } = await aliases.targets()
    const target = targets[index]
    if (target.kind === 'alias' && target.indexes.every((each) => names.partOf(each)?.name === index)) {
      const place = { path: names.aliasName(index), index }
      yield* index === 'masterdoctorindex' ? documentsOf(engine, { ...place, today }) : documentsOfTable(engine, place)
      return
    }
    const name = index === 'exceptionindex' ? 'masterdoctorindex' : index
    if (targets[name].kind !== 'alias') throw new RevalError('NOTHING_LIVE', 'nothing has been promoted yet')
    yield* documentsOf(engine, { path: names.aliasName(name), index, today })
  }

  return {
    createGeneration: (generation, guard) => generations.create(generation, guard),
    generations: () => generations.list(),
    dropGeneration: async (id, guard) => {
      if (await aliases.isInUse(id)) {
        const what = `generation ${id} is in use by an alias and cannot be dropped`
        throw new RevalError('STORE_FAILED', what)
      }
      await generations.drop(id, guard)
    },
    takeOver: (ids, term, guard) => generations.takeOver(ids, term, guard),
    write: (generation, writes, guard) => writer.write(generation, writes, guard),
    get: async (generation, ids) => {
      if (ids.length === 0) await generations.assertExists(generation)
      const java = await generations.javaIndexes(generation)
      if (java !== null) return ask(generation, () => javaRowsWithIds(engine, java, ids))
      return rows.get(targetOf(generation), ids)
    },
    findByNumbers: async (generation, numbers) => {
      if (numbers.length === 0) await generations.assertExists(generation)
      const java = await generations.javaIndexes(generation)
      if (java !== null) return ask(generation, () => javaRowsOfNumbers(engine, java, numbers))
      return rows.findByNumbers(targetOf(generation), numbers)
    },
    // What is written is in the engine's log on the disk already; this makes it visible.
    makeVisible: async (generation) => {
      const { _shards } = await ask(generation, (alias) => engine.refresh<Shards>(alias, 'large'))
      const tables = await refreshedTables(generation)
      if (_shards.failed === 0 && _shards.successful > 0 && tables.failed === 0) return
      throw new RevalError('STORE_FAILED', `a shard of generation ${generation} is unavailable`, { transient: true })
    },
    // Each document has the keys that lists are read by.
    makeReadable: async (generation, guard) => {
      guard?.()
      await generations.assertExists(generation)
    },
    count: async (generation, today) => {
      const java = await generations.javaIndexes(generation)
      return ask(generation, (alias) =>
        java === null ? countRows(engine, alias, today) : javaCounts(engine, java, today),
      )
    },
    profile: async (generation, today) => {
      const java = await generations.javaIndexes(generation)
      return ask(generation, (alias) =>
        java === null ? profileRows(engine, alias, today) : javaProfile(engine, java, today),
      )
    },
    documents: async function* (from, index, today) {
      const generation = from === 'live' ? (await aliases.live())?.masterdoctorindex : from
      const java = generation === undefined ? null : await generations.javaIndexes(generation)
      try {
        if (java !== null) yield* javaDocuments(engine, java, index)
        else if (from === 'live') yield* liveDocuments(index, today)
        else yield* documentsOf(engine, { path: names.alias(from), index, today })
      } catch (error) {
        throw storeFault(error, from)
      }
    },
    fillTables: async (generation, options, guard) => {
      const { term } = generations
      const { tableDay } = await generations.writable(generation)
      if (tableDay === undefined) return
      try {
        await filling.fill({ id: generation, term, day: tableDay, guard }, options)
      } finally {
        generations.forget(generation)
      }
    },
    countTables: (generation) => tables.counts(generation),
    tableRows: (generation, list) => tables.rows(generation, list),
    tableRowsOf: (generation, list, ids) => tables.rowsOf(generation, list, ids),
    mendTables: (generation, ids, guard) => writer.mendTables(generation, ids, guard),
    rows: async function* (generation) {
      const java = await generations.javaIndexes(generation)
      const checksKeys = await generations.hasKeysOfThisVersion(generation)
      try {
        if (java === null) yield* scannedRows(engine, names.alias(generation), { checksKeys })
        else yield* javaRows(engine, java)
      } catch (error) {
        throw storeFault(error, generation)
      }
    },
    promote: async (to, from, guard) => {
      const plan = await aliases.planMove(to, from)
      if (plan === null) return
      const indexes = [plan.generation.master, ...Object.values(plan.generation.tables)]
      await assertReadable(to, indexes)
      await makeReadyForReaders(plan.generation, guard)
      await aliases.move(to, plan.actions, guard)
    },
    liveAliases: () => aliases.live(),
    foreignCounts: () => aliases.foreignCounts(),
    adoptIndexes: (id, createdAt, guard) =>
      ask(id, () => adoptIndexes({ engine, names, aliases }, { id, createdAt }, guard)),
    releaseIndexes: async (id, guard) => {
      const generation = await generations.find(id)
      await ask(id, () => releaseIndexes({ engine, names, aliases }, generation, guard))
    },
    space: () => spaceOf(engine, names),
    ping: async () => {
      await aliases.targets('ping')
    },
    close: async () => {
      bulks.close()
      await engine.close()
    },
  }
}
