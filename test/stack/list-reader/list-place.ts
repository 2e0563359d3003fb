import { openSearchListReader } from '../../../src/adapters/list-reader/opensearch/open.ts'
import type { ListPlace } from '../../contract/list-reader.ts'
import { generation } from '../../contract/index-store/place.ts'
import { searchPlace, type SearchPlace } from '../index-store/search-place.ts'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'

/** A store in the engine of the stack, and a reader whose searches reach so far. */
export async function searchListPlace(
  window: number,
  differing: Partial<SearchSettings> = {},
): Promise<ListPlace & Pick<SearchPlace, 'settings' | 'ask'>> {
  const { store, settings, ask, dispose } = await searchPlace(differing)
  const reader = await openSearchListReader({ settings, window })
  return {
    store,
    reader,
    settings,
    ask,
    outdate: async (id) => {
      const { id: name, createdAt } = generation(id)
      const _meta = { generation: name, createdAt, assembleVersion: 1, layout: 2 }
      await ask('PUT', `/${settings.searchPrefix}reval-generation-${id}-1/_mapping`, { _meta })
    },
    dispose: async () => {
      await reader.close()
      await dispose()
    },
  }
}
