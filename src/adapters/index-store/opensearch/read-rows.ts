import { inChunks } from '../../../domain/chunks.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, StoredRow } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { Semaphore } from '../../opensearch/semaphore.ts'
import { NOT_FOUND, storeFault, unknownGeneration } from './faults.ts'
import { rowOf, type FoundDocument } from './row-document.ts'

/** In place of a document that does not exist or could not be read. */
interface NoDocument {
  readonly _id: RowId
  readonly error?: { readonly type?: string }
}

interface Gotten {
  readonly docs?: readonly (FoundDocument | NoDocument)[]
}

interface Found {
  readonly hits?: { readonly hits?: readonly FoundDocument[] }
}

interface Target {
  readonly generation: GenerationId
  readonly alias: string
}

// Documents are asked for whole and answers unfiltered: the engine takes longer to leave something out than both of us
// take to pass it on (0.54 s of CPU against 0.71 s for 50,000 rows, and 1.0 s in chunks of half the size).
const KEYS_A_CALL = 1_000
/** The default maximum of results of one search. */
const MOST_HITS = 10_000
/** Calls in progress at a time. */
const CALLS = 2

/** Finds rows of a generation by id, as they are now, and by GMC number, as they were when last made visible. */
export class RowReader {
  readonly #engine: Engine
  readonly #permits = new Semaphore(CALLS)

  constructor(engine: Engine) {
    this.#engine = engine
  }

  get(target: Target, ids: readonly RowId[]): Promise<readonly StoredRow[]> {
    return this.#inChunks(target, ids, async (chunk) => {
      const path = `/${target.alias}/_mget`
      const { body } = await this.#engine.call<Gotten>({ method: 'POST', path, body: { ids: chunk }, kind: 'search' })
      const rows: StoredRow[] = []
      for (const document of body.docs ?? []) {
        if ('_source' in document) rows.push(rowOf(document))
        else if (document.error !== undefined) throw notRead(target.generation, document.error.type)
      }
      return rows
    })
  }

  findByNumbers(target: Target, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]> {
    return this.#inChunks(target, numbers, async (chunk) => {
      const found = await this.#search(target, chunk, { sort: ['_doc'] })
      // The maximum of one search: there may be more.
      return found.length < MOST_HITS ? found : this.#findInPages(target, chunk)
    })
  }

  async #inChunks<T>(
    { generation }: Target,
    keys: readonly T[],
    read: (chunk: readonly T[]) => Promise<readonly StoredRow[]>,
  ): Promise<readonly StoredRow[]> {
    const chunks = [...inChunks([...new Set(keys)], KEYS_A_CALL)]
    try {
      return (await this.#permits.all(chunks.map((chunk) => () => read(chunk)))).flat()
    } catch (error) {
      throw storeFault(error, generation)
    }
  }

  async #findInPages(target: Target, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]> {
    const rows: StoredRow[] = []
    for (;;) {
      const last = rows.at(-1)
      const after = last === undefined ? {} : { search_after: [last.row.id] }
      const page = await this.#search(target, numbers, { sort: ['reval.id'], ...after })
      rows.push(...page)
      if (page.length < MOST_HITS) return rows
    }
  }

  async #search({ alias }: Target, numbers: readonly GmcNumber[], order: object): Promise<readonly StoredRow[]> {
    const { hits } = await this.#engine.search<Found>(alias, {
      size: MOST_HITS,
      track_total_hits: false,
      seq_no_primary_term: true,
      query: { constant_score: { filter: { terms: { 'reval.number': numbers } } } },
      ...order,
    })
    return (hits?.hits ?? []).map(rowOf)
  }
}

function notRead(generation: GenerationId, type = 'no reason'): RevalError {
  if (type === NOT_FOUND) return unknownGeneration(generation)
  return new RevalError('STORE_FAILED', `a row of generation ${generation} could not be read: ${type}`, {
    transient: true,
  })
}
