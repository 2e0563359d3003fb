import { RevalError } from '../../../errors/reval-error.ts'
import { EngineFault, type Engine, type EngineCall } from '../../opensearch/engine.ts'
import { pageOfAnswer, type AnswerPage, type PageHit } from './answer-page.ts'

export interface ScrolledSearch {
  readonly size: number
  readonly query: object
  readonly sort: readonly (string | object)[]
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
  search: ScrolledSearch,
  what: string,
): AsyncGenerator<readonly PageHit[]> {
  let scroll: string | undefined
  let given = 0
  try {
    // A partial answer would be mistaken for a complete one.
    const query = { scroll: KEEP, allow_partial_search_results: false }
    const body = { ...search, track_total_hits: true }
    let page = await pageBy(engine, { method: 'POST', path: `/${path}/_search`, query, body })
    const { total } = page
    for (;;) {
      scroll = page.scroll ?? scroll
      if (page.timedOut) throw lost(what, `the search engine ran out of time after ${given} of ${total} ${what}`)
      if (page.failedShards > 0) throw lost(what, `a shard failed after ${given} of ${total} ${what}`)
      if (page.hits.length === 0) break
      yield page.hits
      given += page.hits.length
      if (given >= total) break
      page = await nextPage(engine, scroll ?? '', what)
    }
    if (given !== total) throw lost(what, `got ${given} of ${total} ${what}`)
  } finally {
    if (scroll !== undefined) await clear(engine, scroll)
  }
}

async function pageBy(engine: Engine, call: Omit<EngineCall, 'kind' | 'asText'>): Promise<AnswerPage> {
  const { body } = await engine.call<string>({ ...call, kind: 'search', asText: true })
  return pageOfAnswer(body)
}

async function nextPage(engine: Engine, scroll: string, what: string): Promise<AnswerPage> {
  const body = { scroll: KEEP, scroll_id: scroll }
  try {
    return await pageBy(engine, { method: 'POST', path: '/_search/scroll', body })
  } catch (error) {
    if (!(error instanceof EngineFault) || error.status !== 404) throw error
    const why = 'the generation was dropped, or the engine restarted, or a page took longer than five minutes'
    throw lost(what, why, error)
  }
}

function lost(what: string, why: string, cause?: unknown): RevalError {
  return new RevalError('STORE_FAILED', `reading the ${what} failed: ${why}`, { cause })
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
