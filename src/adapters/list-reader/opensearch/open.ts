import type { Day } from '../../../domain/day.ts'
import type { ListQuery } from '../../../domain/list-query.ts'
import { FOLD_VERSION } from '../../../domain/words.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import type { ListCounts, ListedRow, ListReader } from '../../../ports/list-reader.ts'
import { GenerationNames } from '../../index-store/opensearch/generation-names.ts'
import { unknownGeneration } from '../../index-store/opensearch/faults.ts'
import type { StoredDocument } from '../../index-store/opensearch/row-document.ts'
import { metaOf, RESULT_WINDOW } from '../../index-store/opensearch/schema.ts'
import { pagesOf } from '../../index-store/opensearch/scroll.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { openEngine } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { listedRow } from './listed-row.ts'
import { pageOf } from './page.ts'
import { sortingOf } from './row-order.ts'
import { rowQuery, scopeQuery, UNDER_NOTICE } from './row-query.ts'
import { listFault, Searches } from './searches.ts'
import { suggestionsIn } from './suggest.ts'

interface Options {
  readonly settings: SearchSettings
  /** Lowered by tests, so that a list of a thousand rows is as deep as one of a million. */
  readonly window?: number
}

/** Rows per batch when reading a whole list. */
const BATCH = 1_000
/** The most generations whose version is cached. */
const MOST_CHECKED = 16

/**
 * Reads lists from a search engine: OpenSearch, or Elasticsearch 7 from 7.10 on, with connections of its own. Rejects
 * SERVER_UNREACHABLE (transient), SERVER_LOGIN_REFUSED, SERVER_UNSUITABLE, and then leaves nothing open.
 */
export async function openSearchListReader({ settings, window = RESULT_WINDOW }: Options): Promise<ListReader> {
  return readerOf(await openEngine(settings, 'STORE_FAILED'), new GenerationNames(settings.searchPrefix), window)
}

function readerOf(engine: Engine, names: GenerationNames, window: number): ListReader {
  const checked = new Set<GenerationId>()

  /** Rejects GENERATION_UNKNOWN, and GENERATION_VERSION if its rows have list keys of another version. */
  const assertReadable = async (generation: GenerationId) => {
    if (checked.has(generation)) return
    const found = await engine.indexes([names.alias(generation)]).catch((error: unknown) => {
      throw listFault(error, generation)
    })
    const [index] = Object.values(found)
    if (index === undefined) throw unknownGeneration(generation)
    const version = metaOf(index.mappings?._meta)?.foldVersion ?? null
    if (version !== FOLD_VERSION) {
      const keys = version === null ? 'no keys of ours' : `keys of version ${version}`
      const what = `the lists of generation ${generation} have ${keys}`
      throw new RevalError('GENERATION_VERSION', `${what}; this process reads version ${FOLD_VERSION}`)
    }
    // An id is never reused, and its version does not change.
    if (checked.size >= MOST_CHECKED) checked.clear()
    checked.add(generation)
  }

  const searchesOf = async (generation: GenerationId) => {
    await assertReadable(generation)
    return new Searches(engine, { generation, alias: names.alias(generation), window })
  }

  return {
    page: async (generation, query, today, place) => pageOf(await searchesOf(generation), query, today, place),
    counts: async (generation, query, today) => countsIn(await searchesOf(generation), query, today),
    all: async function* (generation, query, today) {
      await assertReadable(generation)
      const search = { size: BATCH, query: rowQuery(query, today), sort: sortingOf(query.order) }
      try {
        for await (const hits of pagesOf(engine, names.alias(generation), search, 'rows')) {
          yield hits.map(({ id, source }): ListedRow => {
            // A document is an object, whatever it contains.
            return listedRow({ _id: id, _source: JSON.parse(source) as StoredDocument })
          })
        }
      } catch (error) {
        throw listFault(error, generation)
      }
    },
    suggest: async (generation, query, today) => suggestionsIn(await searchesOf(generation), query, today),
    ping: async () => {
      await engine.get('/', {}, 'ping')
    },
    close: () => engine.close(),
  }
}

interface Counted {
  readonly hits: { readonly total: { readonly value: number } }
  readonly aggregations: { readonly underNotice: { readonly doc_count: number } }
}

/** The engine caches the answer until rows become visible. */
async function countsIn(searches: Searches, query: ListQuery, today: Day): Promise<ListCounts> {
  const { hits, aggregations } = await searches.search<Counted>({
    size: 0,
    track_total_hits: true,
    query: scopeQuery(query.list, query, today),
    aggs: { underNotice: { filter: UNDER_NOTICE } },
  })
  return { total: hits.total.value, underNotice: aggregations.underNotice.doc_count }
}
