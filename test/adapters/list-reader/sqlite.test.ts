import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openListReader } from '../../../src/adapters/list-reader/sqlite/open.ts'
import { listReaderContract, type ListPlace } from '../../contract/list-reader.ts'
import { sqlitePlace } from '../index-store/sqlite-place.ts'

async function listPlace(): Promise<ListPlace> {
  const place = await sqlitePlace()
  const reader = openListReader({ directory: place.directory })
  return {
    store: place.store,
    reader,
    outdate: (id) => {
      const catalogue = new DatabaseSync(join(place.directory, 'index.sqlite'), { timeout: 5_000 })
      catalogue.prepare('UPDATE generation SET assembleVersion = assembleVersion - 1 WHERE id = ?').run(id)
      catalogue.close()
      return Promise.resolve()
    },
    dispose: async () => {
      await reader.close()
      await place.dispose()
    },
  }
}

listReaderContract(listPlace)
