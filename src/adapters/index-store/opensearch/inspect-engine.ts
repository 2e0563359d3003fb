import type { Finding } from '../../../ports/finding.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'

interface Health {
  readonly status: string
  readonly number_of_data_nodes: number
  readonly unassigned_shards: number
}

interface Sizes {
  readonly indices?: Readonly<
    Record<string, { readonly primaries?: { readonly store?: { readonly size_in_bytes?: number } } }>
  >
}

type Allocation = readonly { readonly node: string; readonly 'disk.avail': string | null }[]

/** A run needs room for one generation more, and its segments are merged beside what they are merged from. */
const LEAST_ROOM = 1.5
const ENOUGH_ROOM = 3

export async function inspectHealth(engine: Engine, { searchReplicas }: SearchSettings): Promise<Finding[]> {
  const { body } = await engine.call<Health>({ method: 'GET', path: '/_cluster/health', kind: 'search' })
  const what = 'search engine health'
  const { status, number_of_data_nodes: nodes, unassigned_shards: unassigned } = body
  const found = `${status}: ${nodes} data ${nodes === 1 ? 'node' : 'nodes'}, ${unassigned} unassigned shards`
  if (status === 'red') {
    return [{ what, standing: 'bad', found, remedy: 'Find the unassigned shards: _cluster/allocation/explain.' }]
  }
  if (searchReplicas >= nodes) {
    const remedy = `Set REVAL_SEARCH_REPLICAS below the number of data nodes; ${searchReplicas} replicas cannot all be allocated.`
    return [{ what, standing: 'doubtful', found, remedy }]
  }
  if (status === 'yellow') {
    const remedy =
      'Some replicas are unassigned: no data is lost, but the next failure may lose some. See _cluster/allocation/explain.'
    return [{ what, standing: 'doubtful', found, remedy }]
  }
  return [{ what, standing: 'good', found }]
}

/** The free disk of the roomiest node beside the largest generation: another one has to fit there. */
export async function inspectRoom(engine: Engine, pattern: string): Promise<Finding[]> {
  const { body: allocation } = await engine.call<Allocation>({
    method: 'GET',
    path: '/_cat/allocation',
    query: { format: 'json', bytes: 'b', h: 'node,disk.avail' },
    kind: 'search',
  })
  const { body: sizes } = await engine.call<Sizes>({
    method: 'GET',
    path: `/${pattern}/_stats/store`,
    query: { filter_path: 'indices.*.primaries.store.size_in_bytes' },
    kind: 'search',
  })
  const free = Math.max(0, ...allocation.map((node) => Number(node['disk.avail'] ?? 0)))
  const stored = Object.values(sizes.indices ?? {}).map(({ primaries }) => primaries?.store?.size_in_bytes ?? 0)
  return [findingOfRoom(free, Math.max(0, ...stored))]
}

/** What free bytes mean where the largest generation has so many. */
export function findingOfRoom(free: number, largest: number): Finding {
  const what = 'search engine disk space'
  const found = `${gigabytes(free)} free, largest generation ${gigabytes(largest)}`
  if (largest === 0) return { what, standing: 'good', found: `${gigabytes(free)} free, no generations yet` }
  const remedy = `Free disk space or drop unused generations: a run needs space for another generation (${gigabytes(largest)}), plus some for merging.`
  if (free < LEAST_ROOM * largest) return { what, standing: 'bad', found, remedy }
  if (free < ENOUGH_ROOM * largest) return { what, standing: 'doubtful', found, remedy }
  return { what, standing: 'good', found }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`
}
