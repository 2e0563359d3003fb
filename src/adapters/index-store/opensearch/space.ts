import type { StoreSpace } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { GenerationNames } from './generation-names.ts'

interface Sizes {
  readonly indices?: Readonly<
    Record<string, { readonly total?: { readonly store?: { readonly size_in_bytes?: number } } }>
  >
}

type Allocation = readonly { readonly node: string; readonly 'disk.avail': string | null }[]

/** The bytes of each generation with its replicas, and the most that is free on a node. */
export async function spaceOf(engine: Engine, names: GenerationNames): Promise<StoreSpace> {
  const query = { filter_path: 'indices.*.total.store.size_in_bytes' }
  const [sizes, free] = await Promise.all([
    engine.get<Sizes>(`/${names.pattern}/_stats/store`, query),
    freeBytes(engine),
  ])
  const found = Object.entries(sizes.indices ?? {}).flatMap(([index, { total }]) => {
    const id = names.generationOf(index)
    return id === null ? [] : [[id, total?.store?.size_in_bytes ?? 0] as const]
  })
  return { bytes: Object.fromEntries(found), free }
}

/** The most free disk space of any node; null if no node tells. */
export async function freeBytes(engine: Engine): Promise<number | null> {
  const columns = { format: 'json', bytes: 'b', h: 'node,disk.avail' }
  const allocation = await engine.get<Allocation>('/_cat/allocation', columns)
  const known = allocation.flatMap(({ 'disk.avail': available }) => (available === null ? [] : [Number(available)]))
  return known.length === 0 ? null : Math.max(...known)
}
