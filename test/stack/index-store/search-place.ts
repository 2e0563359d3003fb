import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { openSearchIndexStore } from '../../../src/adapters/index-store/opensearch/open.ts'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import type { StorePlace } from '../../contract/index-store.ts'
import { servers } from '../servers.ts'
import { plantIn, plantInTablesOf, SEARCH_KEYS } from './search-planting.ts'

export interface SearchPlace extends StorePlace {
  readonly settings: SearchSettings
  /** Another store at the same place, closed with it. */
  readonly open: (differing?: Partial<SearchSettings>) => Promise<IndexStore>
  /** Asks the engine as anybody would; a text is sent as lines. `null` where it answers 404, and a failure for any other refusal. */
  readonly ask: (method: string, path: string, body?: object | string) => Promise<unknown>
}

/** Settings for the engine of the stack, with names that no other test uses. */
export function settingsOfItsOwn(differing: Partial<SearchSettings> = {}): SearchSettings {
  const { url, user, password } = servers.search
  return {
    searchUrl: url,
    searchUser: user,
    searchPassword: password,
    searchCa: null,
    searchPrefix: `t${randomBytes(5).toString('hex')}-`,
    searchShards: 1,
    searchReplicas: 0,
    searchBulkRows: 2_500,
    searchBulkBytes: 8_000_000,
    searchBulks: 2,
    ...differing,
  }
}

/** A store behind names of its own; everything of those names is removed with it. */
export async function searchPlace(differing: Partial<SearchSettings> = {}): Promise<SearchPlace> {
  const settings = settingsOfItsOwn(differing)
  const opened: IndexStore[] = []
  const open = async (more: Partial<SearchSettings> = {}) => {
    const store = await openSearchIndexStore({ settings: { ...settings, ...more } })
    opened.push(store)
    return store
  }
  const ask = (method: string, path: string, body?: object | string) =>
    askEngine(servers.search.url, method, path, body)
  const closeAll = async () => {
    for (const each of opened.splice(0)) await each.close()
  }
  return {
    settings,
    open,
    ask,
    store: await open(),
    reopen: async () => {
      await closeAll()
      return open()
    },
    openReader: () => open(),
    openWriter: () => open(),
    spoil: async (id) => {
      await ask('POST', `/${settings.searchPrefix}reval-generation-${id}-1/_close`)
    },
    plant: plantIn({ ask, searchPrefix: settings.searchPrefix }),
    plantInTable: plantInTablesOf({ ask, searchPrefix: settings.searchPrefix }),
    keys: SEARCH_KEYS,
    layOut: async (id, layout) => {
      const index = `${settings.searchPrefix}reval-generation-${id}-1`
      const found = (await ask('GET', `/${index}/_mapping`)) as Record<string, { mappings: { _meta: object } }>
      await ask('PUT', `/${index}/_mapping`, { _meta: { ...found[index]?.mappings._meta, layout } })
    },
    dispose: async () => {
      await closeAll()
      await removeAll(settings)
    },
  }
}

/** A place for one test, disposed of when it ends. */
export async function placeFor(t: TestContext, differing: Partial<SearchSettings> = {}): Promise<SearchPlace> {
  const place = await searchPlace(differing)
  t.after(() => place.dispose())
  return place
}

/** Removes every index whose name begins with the prefix of the settings, and their aliases with them. */
export async function removeAll({ searchPrefix }: SearchSettings): Promise<void> {
  const { url } = servers.search
  const pattern = `/${searchPrefix}*`
  const found =
    (await askEngine(url, 'GET', `${pattern}/_settings?expand_wildcards=all&filter_path=*.settings.index.uuid`)) ?? {}
  for (const index of Object.keys(found)) await askEngine(url, 'DELETE', `/${index}`)
}

export async function askEngine(url: string, method: string, path: string, body?: object | string): Promise<unknown> {
  const { user, password } = servers.search
  const answer = await fetch(url + path, {
    method,
    headers: {
      'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json',
      ...(user === '' ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text.slice(0, 400)}`)
  return text === '' ? {} : JSON.parse(text)
}
