import { documentIn, type IndexDocument, type IndexName } from '../../../domain/lists.ts'
import type { Day } from '../../../domain/day.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import { listQuery } from './list-queries.ts'
import { assembledOf, type PresentFields } from './row-document.ts'

interface Page {
  readonly _scroll_id?: string
  readonly _shards?: { readonly failed?: number }
  readonly hits?: {
    readonly total?: { readonly value?: number }
    readonly hits?: readonly { readonly _source: PresentFields }[]
  }
}

/** An index, read through this alias on a day. */
interface Reading {
  readonly path: string
  readonly index: IndexName
  readonly today: Day
}

const PAGE = 1_000
/** The maximum time a reader may spend on one page. */
const KEEP = '5m'

/**
 * The documents of an index on a day, ordered by row id. A scroll sees what was visible when it began and stays with
 * the index it began with, wherever the name goes. It is the one way that OpenSearch and Elasticsearch 7 share. A page
 * whose answer was lost is gone, since the scroll has moved on: then the caller starts over.
 */
export async function* documentsOf(engine: Engine, reading: Reading): AsyncGenerator<IndexDocument> {
  let scroll: string | undefined
  let given = 0
  try {
    let page = await begin(engine, reading)
    const total = page.hits?.total?.value ?? 0
    for (;;) {
      scroll = page._scroll_id ?? scroll
      if ((page._shards?.failed ?? 0) > 0) throw lost(`a shard failed after ${given} of ${total} documents`)
      const hits = page.hits?.hits ?? []
      if (hits.length === 0) break
      for (const { _source } of hits) yield documentIn(reading.index, assembledOf(_source))
      given += hits.length
      if (given >= total) break
      page = await nextPage(engine, scroll ?? '')
    }
    if (given !== total) throw lost(`got ${given} of ${total} documents`)
  } finally {
    if (scroll !== undefined) await clear(engine, scroll)
  }
}

function begin(engine: Engine, { path, index, today }: Reading): Promise<Page> {
  const query = { constant_score: { filter: listQuery(index, today) } }
  const body = { size: PAGE, track_total_hits: true, query, sort: ['reval.id'] }
  return engine.search(path, body, { query: { scroll: KEEP } })
}

async function nextPage(engine: Engine, scroll: string): Promise<Page> {
  const body = { scroll: KEEP, scroll_id: scroll }
  try {
    return (await engine.call<Page>({ method: 'POST', path: '/_search/scroll', body, kind: 'search' })).body
  } catch (error) {
    if (!(error instanceof EngineFault) || error.status !== 404) throw error
    throw lost('the generation was dropped, or the engine restarted, or a page took longer than five minutes', error)
  }
}

function lost(why: string, cause?: unknown): RevalError {
  return new RevalError('STORE_FAILED', `reading the documents failed: ${why}`, { cause })
}

/** Frees the engine's resources of the scroll. */
async function clear(engine: Engine, scroll: string): Promise<void> {
  const body = { scroll_id: [scroll] }
  try {
    await engine.call({ method: 'DELETE', path: '/_search/scroll', body, ignore: [404], kind: 'small' })
  } catch (error) {
    // The engine ends it after five minutes, and this error must not hide why the reading itself failed.
    if (!(error instanceof EngineFault)) throw error
  }
}
