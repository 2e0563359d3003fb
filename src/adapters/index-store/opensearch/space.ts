import type { GenerationId, StoreSpace } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { GenerationNames } from './generation-names.ts'

type Copies = 'total' | 'primaries'

interface Sizes {
  readonly indices?: Readonly<
    Record<string, Readonly<Partial<Record<Copies, { readonly store?: { readonly size_in_bytes?: number } }>>>>
  >
}

type Allocation = readonly { readonly node: string; readonly 'disk.avail': string | null }[]

/** The bytes of each generation with its replicas, and the most that is free on a node. */
export async function spaceOf(engine: Engine, names: GenerationNames): Promise<StoreSpace> {
  const [bytes, free] = await Promise.all([bytesOf(engine, names, 'total'), freeBytes(engine)])
  return { bytes, free }
}

/** The bytes of each generation with its tables: with all copies, or of one. */
export async function bytesOf(engine: Engine, names: GenerationNames, copies: Copies): Promise<StoreSpace['bytes']> {
  const query = { filter_path: `indices.*.${copies}.store.size_in_bytes` }
  const sizes = await engine.get<Sizes>(`/${names.pattern},${names.tablePattern}/_stats/store`, query)
  const bytes: Record<GenerationId, number> = {}
  for (const [index, stored] of Object.entries(sizes.indices ?? {})) {
    const id = names.partOf(index)?.generation
    if (id !== undefined) bytes[id] = (bytes[id] ?? 0) + (stored[copies]?.store?.size_in_bytes ?? 0)
  }
  return bytes
}

/** The most free disk space of any node; null if no node tells. */
export async function freeBytes(engine: Engine): Promise<number | null> {
  const columns = { format: 'json', bytes: 'b', h: 'node,disk.avail' }
  const allocation = await engine.get<Allocation>('/_cat/allocation', columns)
  const known = allocation.flatMap(({ 'disk.avail': available }) => (available === null ? [] : [Number(available)]))
  return known.length === 0 ? null : Math.max(...known)
}
