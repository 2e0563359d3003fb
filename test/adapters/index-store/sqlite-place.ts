import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { openIndexStore, type OpenIndexStoreOptions } from '../../../src/adapters/index-store/sqlite/open.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import type { StorePlace } from '../../contract/index-store.ts'
import { generationFile, plantInFile, plantInTableOf, SQLITE_KEYS } from './sqlite-planting.ts'

export interface SqlitePlace extends StorePlace {
  readonly directory: string
  readonly open: (options?: Partial<OpenIndexStoreOptions>) => Promise<IndexStore>
}

/** A store in its own directory. */
export async function sqlitePlace(options: Partial<OpenIndexStoreOptions> = {}): Promise<SqlitePlace> {
  const directory = await mkdtemp(join(tmpdir(), 'reval-store-'))
  const opened: IndexStore[] = []
  const open = async (more: Partial<OpenIndexStoreOptions> = {}) => {
    const store = await openIndexStore({ directory, ...more })
    opened.push(store)
    return store
  }
  const store = await open(options)
  return {
    directory,
    open,
    store,
    reopen: async () => {
      for (const each of opened.splice(0)) await each.close()
      return open()
    },
    openReader: () => open({ readOnly: true }),
    openWriter: null,
    spoil: (id) => rm(generationFile(directory, id)),
    plant: (generation, id, planted) => plantInFile(directory, generation, id, planted),
    plantInTable: (generation, list, id, document) => plantInTableOf(directory, generation, list, id, document),
    keys: SQLITE_KEYS,
    layOut: (id, layout) => {
      const file = new DatabaseSync(generationFile(directory, id))
      file.exec(`PRAGMA user_version = ${layout}`)
      file.close()
      return Promise.resolve()
    },
    dispose: async () => {
      for (const each of opened.splice(0)) await each.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A store for one test, disposed of afterwards. */
export async function placeFor(t: TestContext, options: Partial<OpenIndexStoreOptions> = {}): Promise<SqlitePlace> {
  const place = await sqlitePlace(options)
  t.after(() => place.dispose())
  return place
}
