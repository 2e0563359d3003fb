import { documentIn, type IndexDocument, type IndexName } from '../../../domain/lists.ts'
import { assemble, type AssembledDocument } from '../../../domain/assemble.ts'
import type { Day } from '../../../domain/day.ts'
import { NO_PARTS } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import { listQuery } from './list-queries.ts'

interface Page {
  readonly _scroll_id?: string
  readonly _shards?: { readonly failed?: number }
  readonly hits?: {
    readonly total?: { readonly value?: number }
    readonly hits?: readonly { readonly _source: Partial<AssembledDocument> }[]
  }
}

const PAGE = 1_000
/** How long a reader may take with one page. */
const KEEP = '5m'

/** A document of nothing but nulls: the engine leaves them out. */
const EMPTY = assemble(NO_PARTS)

/**
 * The documents of an index on a day, ordered by row id. A scroll sees what was visible when it began and stays with
 * the index it began with, wherever the name goes. It is the one way that OpenSearch and Elasticsearch 7 share.
 */
export async function* documentsOf(
  engine: Engine,
  { path, index, today }: { readonly path: string; readonly index: IndexName; readonly today: Day },
): AsyncGenerator<IndexDocument> {
  let scroll: string | undefined
  let given = 0
  try {
    let page = await begin(engine, { path, index, today })
    const total = page.hits?.total?.value ?? 0
    for (;;) {
      scroll = page._scroll_id ?? scroll
      if ((page._shards?.failed ?? 0) > 0) throw lost(`a shard failed after ${given} of ${total} documents`)
      const hits = page.hits?.hits ?? []
      if (hits.length === 0) break
      for (const { _source } of hits) yield documentIn(index, { ...EMPTY, ..._source })
      given += hits.length
      if (given >= total) break
      page = await nextPage(engine, scroll ?? '')
    }
    if (given !== total) throw lost(`${given} of ${total} documents came`)
  } finally {
    if (scroll !== undefined) await clear(engine, scroll)
  }
}

async function begin(
  engine: Engine,
  { path, index, today }: { readonly path: string; readonly index: IndexName; readonly today: Day },
): Promise<Page> {
  const { body } = await engine.call<Page>({
    method: 'POST',
    path: `/${path}/_search`,
    query: { scroll: KEEP, allow_partial_search_results: false },
    body: {
      size: PAGE,
      track_total_hits: true,
      query: { constant_score: { filter: listQuery(index, today) } },
      sort: ['reval.id'],
    },
    repeatable: true,
  })
  return body
}

async function nextPage(engine: Engine, scroll: string): Promise<Page> {
  try {
    const { body } = await engine.call<Page>({
      method: 'POST',
      path: '/_search/scroll',
      body: { scroll: KEEP, scroll_id: scroll },
      // A page whose answer was lost is gone: the scroll has moved on.
      repeatable: false,
    })
    return body
  } catch (error) {
    if (!(error instanceof EngineFault) || error.status !== 404) throw error
    throw lost('the generation was dropped, or the engine restarted, or a page took longer than five minutes', error)
  }
}

function lost(why: string, cause?: unknown): RevalError {
  return new RevalError('STORE_FAILED', `the documents could not be read to their end: ${why}`, { cause })
}

/** Gives back what the engine keeps for the reading. */
async function clear(engine: Engine, scroll: string): Promise<void> {
  const call = { method: 'DELETE', path: '/_search/scroll', body: { scroll_id: [scroll] } } as const
  try {
    await engine.callOnce({ ...call, ignore: [404], repeatable: true })
  } catch (error) {
    // The engine ends it by itself in five minutes, and why the reading itself failed must not be hidden by this.
    if (!(error instanceof EngineFault)) throw error
  }
}
