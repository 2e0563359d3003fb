import type { Finding } from '../../../ports/finding.ts'
import { fail, ok, warn } from '../../findings.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import type { GenerationNames } from './generation-names.ts'
import { bytesOf, freeBytes } from './space.ts'

interface Health {
  readonly status: string
  readonly number_of_data_nodes: number
  readonly unassigned_shards: number
}

/** A run needs space for another generation, and merging needs space for both the old and the new segments. */
const LEAST_ROOM = 1.5
const ENOUGH_ROOM = 3
/** An index is red while it is being created. Only a cluster that stays red is at fault; the engine then answers 408. */
const SETTLING_SECONDS = 5

export async function inspectHealth(engine: Engine, { searchReplicas }: SearchSettings): Promise<Finding[]> {
  const { body: health } = await engine.call<Health>({
    method: 'GET',
    path: '/_cluster/health',
    query: { wait_for_status: 'yellow', timeout: `${SETTLING_SECONDS}s` },
    ignore: [408],
    kind: 'search',
  })
  const what = 'search engine health'
  const { status, number_of_data_nodes: nodes, unassigned_shards: unassigned } = health
  const found = `${status}: ${nodes} data ${nodes === 1 ? 'node' : 'nodes'}, ${unassigned} unassigned shards`
  if (status === 'red')
    return [
      fail(
        what,
        found,
        'Find the unassigned shards with GET /_cluster/allocation/explain, and restore or delete their indexes.',
      ),
    ]
  if (searchReplicas >= nodes) {
    const remedy = `Set REVAL_SEARCH_REPLICAS below the number of data nodes; ${searchReplicas} replicas cannot all be allocated.`
    return [warn(what, found, remedy)]
  }
  if (status !== 'yellow') return [ok(what, found)]
  const remedy =
    'Some replicas are unassigned: no data is lost, but the next failure may lose some. See GET /_cluster/allocation/explain.'
  return [warn(what, found, remedy)]
}

/** The most free disk space of any node, compared with the largest generation: another one must fit. */
export async function inspectRoom(engine: Engine, names: GenerationNames): Promise<Finding[]> {
  const [stored, free] = await Promise.all([bytesOf(engine, names, 'primaries'), freeBytes(engine)])
  return [findingOfRoom(free ?? 0, Math.max(0, ...Object.values(stored)))]
}

/** The finding for the free bytes and those of the largest generation. */
export function findingOfRoom(free: number, largest: number): Finding {
  const what = 'search engine disk space'
  const found = `${gigabytes(free)} free, largest generation ${gigabytes(largest)}`
  if (largest === 0) return ok(what, `${gigabytes(free)} free, no generations yet`)
  const remedy = `Free disk space or drop unused generations: a run needs space for another generation (${gigabytes(largest)}), plus some for merging.`
  if (free < LEAST_ROOM * largest) return fail(what, found, remedy)
  return free < ENOUGH_ROOM * largest ? warn(what, found, remedy) : ok(what, found)
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`
}

const AUTO_CREATION = 'action.auto_create_index'

/** The levels of a setting; an earlier one takes precedence. */
const LEVELS = ['transient', 'persistent', 'defaults'] as const
type ClusterSettings = Readonly<
  Partial<
    Record<(typeof LEVELS)[number], Readonly<Partial<Record<string, Readonly<Partial<Record<string, unknown>>>>>>>
  >
>

/** A setting of the cluster, such as `action.auto_create_index`; undefined if the engine does not have it. */
async function settingOf(engine: Engine, setting: `${string}.${string}`): Promise<unknown> {
  const query = { include_defaults: true, filter_path: `*.${setting}` }
  const settings = await engine.get<ClusterSettings>('/_cluster/settings', query)
  const [group = '', name = ''] = setting.split('.')
  return LEVELS.map((level) => settings[level]?.[group]?.[name]).find((each) => each !== undefined)
}

const EXPENSIVE = 'search.allow_expensive_queries'

/** Whether the engine takes the queries that lists are searched by: it counts beginnings and parts of words as expensive. */
export async function inspectExpensiveQueries(engine: Engine): Promise<Finding> {
  const value = await settingOf(engine, EXPENSIVE)
  const what = `search engine setting ${EXPENSIVE}`
  if (String(value) !== 'false') return ok(what, 'true: lists can be searched')
  return fail(what, 'false: the engine refuses to search lists', `Set ${EXPENSIVE} to true.`)
}

/**
 * Whether a write to a missing alias makes the engine create an index of that name, so that a promotion finds the name
 * taken.
 */
export async function inspectAutoCreation(engine: Engine, free: readonly string[]): Promise<Finding> {
  const value = await settingOf(engine, AUTO_CREATION)
  const rule = typeof value === 'string' || typeof value === 'boolean' ? String(value) : 'true'
  const made = free.filter((name) => isCreatedByWrites(rule, name))
  const what = `search engine setting ${AUTO_CREATION}`
  if (made.length === 0) return ok(what, `${rule}: creates none of the five aliases`)
  const wanted = [...free.map((name) => `-${name}`), ...(rule === 'true' ? ['+*'] : [rule])].join(',')
  return warn(
    what,
    `${rule}: a write to ${made.join(', ')} before the first promotion would create an index of that name`,
    `Set ${AUTO_CREATION} to "${wanted}" until the first promotion, or prevent writes to these names.`,
  )
}

/** The engine's rule: true, false, or patterns of which the first that matches decides, `-` for no; no match: no. */
export function isCreatedByWrites(rule: string, name: string): boolean {
  if (rule === 'true' || rule === 'false') return rule === 'true'
  const first = rule
    .split(',')
    .map((pattern) => pattern.trim())
    .find((pattern) => matches(pattern.replace(/^[+-]/, ''), name))
  return first !== undefined && !first.startsWith('-')
}

function matches(pattern: string, name: string): boolean {
  const literals = pattern.split('*').map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literals.join('.*')}$`).test(name)
}
