import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import type { StoredDocument } from './row-document.ts'

export interface Hit {
  readonly _id: RowId
  readonly _source: StoredDocument
}

interface Page {
  readonly _scroll_id?: string
  readonly _shards?: { readonly failed?: number }
  readonly hits?: { readonly total?: { readonly value?: number }; readonly hits?: readonly Hit[] }
}

/** The maximum time a reader may spend on one page. */
const KEEP = '5m'

/**
 * The pages of a search. A scroll sees what was visible when it began and stays with the index it began with, wherever the
 * name goes. It is the one way that OpenSearch and Elasticsearch 7 share. A page whose answer was lost is gone, since the
 * scroll has moved on: then the caller starts over. `what` is read, for errors.
 */
export async function* pagesOf(
  engine: Engine,
  path: string,
  search: { readonly size: number; readonly query: object; readonly sort: readonly unknown[] },
  what: string,
): AsyncGenerator<readonly Hit[]> {
  let scroll: string | undefined
  let given = 0
  const lost = (why: string, cause?: unknown) =>
    new RevalError('STORE_FAILED', `reading the ${what} failed: ${why}`, { cause })
  try {
    const body = { ...search, track_total_hits: true }
    let page: Page = await engine.search<Page>(path, body, { query: { scroll: KEEP } })
    const total = page.hits?.total?.value ?? 0
    for (;;) {
      scroll = page._scroll_id ?? scroll
      if ((page._shards?.failed ?? 0) > 0) throw lost(`a shard failed after ${given} of ${total} ${what}`)
      const hits = page.hits?.hits ?? []
      if (hits.length === 0) break
      yield hits
      given += hits.length
      if (given >= total) break
      page = await nextPage(engine, scroll ?? '', lost)
    }
    if (given !== total) throw lost(`got ${given} of ${total} ${what}`)
  } finally {
    if (scroll !== undefined) await clear(engine, scroll)
  }
}

async function nextPage(
  engine: Engine,
  scroll: string,
  lost: (why: string, cause: unknown) => RevalError,
): Promise<Page> {
  const body = { scroll: KEEP, scroll_id: scroll }
  try {
    return (await engine.call<Page>({ method: 'POST', path: '/_search/scroll', body, kind: 'search' })).body
  } catch (error) {
    if (!(error instanceof EngineFault) || error.status !== 404) throw error
    throw lost('the generation was dropped, or the engine restarted, or a page took longer than five minutes', error)
  }
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
