import { openSearchIndexStore } from '../../src/adapters/index-store/opensearch/open.ts'
import { openIndexStore } from '../../src/adapters/index-store/sqlite/open.ts'
import { readConfig } from '../../src/config/config.ts'
import { environment } from '../../src/config/read-settings.ts'
import type { IndexStore } from '../../src/ports/index-store.ts'

/** The store of generations that are compared: in a directory, or in the engine of the settings. */
export async function openStore(place: string, readOnly: boolean): Promise<IndexStore> {
  if (place !== 'engine') return openIndexStore({ directory: place, readOnly })
  return openSearchIndexStore({ settings: readConfig(environment()).servers })
}
