import { readFile } from 'node:fs/promises'
import { documentIn, INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import { assemble } from '../../../src/domain/assemble.ts'
import type { Row } from '../../../src/domain/row.ts'
import { TODAY } from '../../domain/examples.ts'
import { filledTables } from '../../contract/index-store/table-rows.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create } from '../../contract/index-store/rows.ts'
import { servers } from '../servers.ts'
import { javaDocumentsOf, makeJavaIndexes } from './java-indexes.ts'
import type { SearchPlace } from './search-place.ts'

/** A request to the engine. Paths name the five indexes without a prefix. */
export interface EngineCall {
  readonly method: string
  readonly url: string
  readonly body: string
}

export interface EngineAnswer {
  readonly status: number
  readonly body: unknown
}

/** What a Java service of 2022 asked the engine for on views of ours, in order. Source: shared/reference. */
export async function capturedCalls(service: 'connection' | 'recommendation'): Promise<readonly EngineCall[]> {
  const file = new URL(`../../fixtures/java-engine-calls/${service}.jsonl`, import.meta.url)
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as EngineCall)
}

/** The name that a call is about; null if it is about none. */
export function nameIn({ url }: EngineCall): IndexName | null {
  return INDEX_NAMES.find((name) => url.startsWith(`/${name}`)) ?? null
}

/** Sends a call as it is, with the names of a place. Never rejects for a status. */
export async function send(
  { settings }: Pick<SearchPlace, 'settings'>,
  { method, url, body }: EngineCall,
): Promise<EngineAnswer> {
  const { url: base, user, password } = servers.search
  const answer = await fetch(base + url.replace(/^\/(?=.)/, `/${settings.searchPrefix}`), {
    method,
    headers: {
      'content-type': 'application/json',
      ...(user === '' ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    },
    ...(body === '' ? {} : { body }),
    signal: AbortSignal.timeout(60_000),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

/** The same rows in the three ways in which a Java service may find them. */
export const LAYOUTS = {
  /** Indexes as the Java services make them. Other than there, the recommendation index has `existsInGmc`: its API filters by it. */
  java: async (place: SearchPlace, rows: readonly Row[]) => {
    const documents = rows.map(({ parts }) => assemble(parts))
    const recommendationindex = documents.map((document) => documentIn('recommendationindex', document))
    await makeJavaIndexes(place, { ...javaDocumentsOf(documents, TODAY), recommendationindex })
  },
  tables: async ({ store }: SearchPlace, rows: readonly Row[]) => {
    await filledTables(store, 'g1', rows)
    await store.promote('g1', null)
  },
  views: async ({ store }: SearchPlace, rows: readonly Row[]) => {
    await store.createGeneration(generation('g1'))
    await store.write('g1', rows.map(create))
    await store.makeVisible('g1')
    await store.promote('g1', null)
  },
} as const satisfies Record<string, (place: SearchPlace, rows: readonly Row[]) => Promise<void>>

interface Page {
  readonly hits: { readonly hits: readonly { readonly _source: Readonly<Record<string, unknown>> }[] }
}

/** Of each name, the documents that it shows, without what only a Java service writes, in any order. */
export async function shownBy(place: SearchPlace): Promise<Readonly<Record<IndexName, readonly string[]>>> {
  const shown = INDEX_NAMES.map(async (name) => {
    const index = place.settings.searchPrefix + name
    await place.ask('POST', `/${index}/_refresh`)
    const page = (await place.ask('GET', `/${index}/_search?size=10000`)) as Page
    const texts = page.hits.hits.map(({ _source }) => {
      const fields = Object.entries(_source).filter(([field]) => !['id', '_class', 'reval'].includes(field))
      return JSON.stringify(Object.fromEntries(fields.sort()))
    })
    return [name, texts.sort()] as const
  })
  // Every name is set.
  return Object.fromEntries(await Promise.all(shown)) as unknown as Record<IndexName, readonly string[]>
}
