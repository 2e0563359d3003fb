import type { IndexStore } from '../../../ports/index-store.ts'
import { Engine } from '../../opensearch/engine.ts'
import { reachEngine } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { OpenSearchIndexStore } from './opensearch-index-store.ts'

/**
 * The index store in a search engine: OpenSearch, or Elasticsearch 7 from 7.10 on. Any number of processes may have it
 * open. Rejects SERVER_UNREACHABLE (transient), SERVER_LOGIN_REFUSED, SERVER_UNSUITABLE; nothing is left open then.
 */
export async function openSearchIndexStore({ settings }: { readonly settings: SearchSettings }): Promise<IndexStore> {
  const engine = new Engine(settings, 'STORE_FAILED')
  try {
    await reachEngine(engine, settings)
  } catch (error) {
    await engine.close()
    throw error
  }
  return new OpenSearchIndexStore(engine, settings)
}
