import { inChunks } from '../../../../domain/chunks.ts'
import { byList, documentIn, LIST_NAMES, type IndexDocument, type ListName } from '../../../../domain/lists.ts'
import { RevalError } from '../../../../errors/reval-error.ts'
import type { GenerationId, ListCounts, TableRow } from '../../../../ports/index-store.ts'
import type { Engine } from '../../../opensearch/engine.ts'
import { aggregate } from '../count.ts'
import { NOT_FOUND, storeFault } from '../faults.ts'
import { hasTables } from '../generation-indexes.ts'
import type { GenerationNames } from '../generation-names.ts'
import type { Generations } from '../generations.ts'
import { assembledOf, type PresentFields } from '../row-document.ts'
import { pagesOf } from '../scroll.ts'

interface Gotten {
  readonly docs?: readonly {
    readonly _id: string
    readonly _source?: PresentFields
    readonly error?: { readonly type?: string }
  }[]
}

const PAGE = 5_000
const IDS_A_CALL = 1_000

/** Reads the tables of generations, filled or not. */
export class TableReader {
  readonly #engine: Engine
  readonly #names: GenerationNames
  readonly #generations: Generations

  constructor(engine: Engine, names: GenerationNames, generations: Generations) {
    this.#engine = engine
    this.#names = names
    this.#generations = generations
  }

  async counts(id: GenerationId): Promise<ListCounts | null> {
    const generation = await this.#generations.find(id)
    if (!hasTables(generation)) return null
    const counted = LIST_NAMES.map(async (list) => [list, await this.#countIn(id, generation.tables[list])] as const)
    const counts = new Map(await Promise.all(counted))
    return byList((list) => counts.get(list) ?? 0)
  }

  async *rows(id: GenerationId, list: ListName): AsyncGenerator<readonly TableRow[]> {
    const index = await this.#indexOf(id, list)
    if (index === undefined) return
    const search = { size: PAGE, query: { match_all: {} }, sort: ['_doc'] }
    try {
      for await (const hits of pagesOf(this.#engine, index, search, 'rows of the table')) {
        yield hits.map(({ id: own, source }) => rowOf(list, own, JSON.parse(source) as PresentFields))
      }
    } catch (error) {
      throw storeFault(error, id)
    }
  }

  async rowsOf(id: GenerationId, list: ListName, ids: readonly string[]): Promise<readonly TableRow[]> {
    if (ids.length === 0) await this.#indexOf(id, list)
    const rows: TableRow[] = []
    for (const chunk of inChunks([...new Set(ids)], IDS_A_CALL)) rows.push(...(await this.#get(id, list, chunk)))
    return rows
  }

  async #get(id: GenerationId, list: ListName, ids: readonly string[]): Promise<readonly TableRow[]> {
    const path = `/${this.#names.table(list, id)}/_mget`
    const { body } = await this.#engine
      .call<Gotten>({ method: 'POST', path, body: { ids }, kind: 'search' })
      .catch((error: unknown) => {
        throw storeFault(error, id)
      })
    const docs = body.docs ?? []
    const fault = docs.find(({ error }) => error !== undefined)?.error
    // Only now is it worth asking why: verifying reads each table thousands of times.
    if (fault?.type === NOT_FOUND && (await this.#indexOf(id, list)) === undefined) return []
    if (fault !== undefined) {
      const what = `a row of table ${list} of generation ${id} could not be read: ${fault.type ?? 'no reason'}`
      throw new RevalError('STORE_FAILED', what, { transient: true })
    }
    return docs.flatMap(({ _id: own, _source }) => (_source === undefined ? [] : [rowOf(list, own, _source)]))
  }

  async #countIn(id: GenerationId, index: string | undefined): Promise<number> {
    if (index === undefined) return 0
    try {
      return (await aggregate(this.#engine, index, {})).hits.total.value
    } catch (error) {
      throw storeFault(error, id)
    }
  }

  /** The index of a table; undefined if it is not filled or missing: it has no rows then. */
  async #indexOf(id: GenerationId, list: ListName): Promise<string | undefined> {
    const generation = await this.#generations.find(id)
    if (hasTables(generation)) return generation.tables[list]
    throw new RevalError('STORE_FAILED', `the lists of generation ${id} are views, not tables`)
  }
}

/** A Java service adds fields to its rows, and may leave null in one. */
function rowOf(list: ListName, id: string, source: PresentFields): TableRow {
  return { id, document: documentOf(list, source) }
}

/** What a reader of a list sees of a stored document. */
export function documentOf(list: ListName, source: PresentFields): IndexDocument {
  return documentIn(list, assembledOf(source))
}
