import type { Day } from '../../../domain/day.ts'
import { FIELDS, kindOf, type Field } from '../../../domain/fields.ts'
import { FOLD_VERSION } from '../../../domain/words.ts'
import type { Generation } from '../../../ports/index-store.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import type { OwnSortKey } from './list-keys.ts'

/** The layout of a generation's index. Raised with every change to the mapping but a new field, and to what a stored part means. */
const GENERATION_LAYOUT = 3
/** That of a generation with tables. Raised beyond both with every such change. */
const LAYOUT_WITH_TABLES = 4

/** The metadata of the generation in the mapping of its index. */
export interface GenerationMeta {
  readonly generation: string
  readonly createdAt: number
  readonly assembleVersion: number
  readonly layout: number
  /** The version of list keys; null if the rows have none. */
  readonly foldVersion: number | null
  /** The day for which the lists are tables; absent if they are views. */
  readonly tableDay?: Day | undefined
  /** Set for copies of the indexes that the Java services built: their lists are tables, and nothing of ours writes to them. */
  readonly java?: true | undefined
}

/**
 * How many rows from the start of a list one search can reach. The engines' default is 10,000. With one shard, a higher limit costs
 * only the sorting of these rows.
 */
export const RESULT_WINDOW = 100_000

/** Longer text cannot be sorted or compared as a whole: an index allows four bytes per letter. */
const KEYWORD = { type: 'keyword', ignore_above: 8_191 } as const
/** A folded text, which is short. */
const FOUND = { type: 'keyword', doc_values: false } as const
const SORTED = { type: 'keyword', index: false } as const
const FOUND_AND_SORTED = { type: 'keyword' } as const

/**
 * Fields whose text itself a Java recommendation sorts and filters by. It does not change what a row is, so the layout
 * stays: a generation without it is read and written as before, and only such a query fails, until the next run.
 */
const SORTED_AS_TEXT: readonly Field[] = ['doctorFirstName', 'doctorLastName', 'gmcReferenceNumber', 'programmeName']

/** The mapping of a field, in the master index and in tables. */
export function mappingOf(field: Field): object {
  switch (kindOf(field)) {
    case 'personId':
      return { type: 'long' }
    case 'flag':
      return { type: 'boolean' }
    case 'day':
      return { type: 'date', format: 'strict_date' }
    default:
      return {
        type: 'text',
        norms: false,
        fields: { keyword: KEYWORD },
        ...(SORTED_AS_TEXT.includes(field) ? { fielddata: true } : {}),
      }
  }
}

const SORT_MAPPINGS: Readonly<Record<OwnSortKey, object>> = {
  programmeName: SORTED,
  membershipType: SORTED,
  programmeOwner: SORTED,
  // Lists are also filtered by admin.
  admin: FOUND_AND_SORTED,
  exceptionReason: SORTED,
}

const PROPERTIES = {
  ...Object.fromEntries(FIELDS.map((field) => [field, mappingOf(field)])),
  // What the job needs besides the fields of a row. Only true flags are stored.
  reval: {
    properties: {
      // Only sorted by.
      id: { type: 'keyword', index: false },
      // Only searched.
      number: { type: 'keyword', doc_values: false },
      visitor: { type: 'boolean' },
      withReason: { type: 'boolean' },
      discrepancy: { type: 'boolean' },
      // List keys. Some in `find` are sorted by too; those in `sort` are not searched.
      find: {
        properties: {
          words: FOUND,
          number: FOUND_AND_SORTED,
          first: FOUND_AND_SORTED,
          last: FOUND_AND_SORTED,
          programme: FOUND,
        },
      },
      sort: { properties: SORT_MAPPINGS },
      // Only returned.
      parts: { type: 'object', enabled: false },
    },
  },
}

/**
 * The layout with which this version creates a generation. One with tables has its own: a version that knows nothing of tables would
 * write to the master index alone, and the lists would miss the change. It leaves an unknown layout alone and builds another generation.
 */
export function layoutOf({ tableDay }: Pick<GenerationMeta, 'tableDay'>): number {
  return tableDay === undefined ? GENERATION_LAYOUT : LAYOUT_WITH_TABLES
}

/** The settings of an index that is being filled: without copies, and invisible until it is refreshed. */
export function settingsToFill(searchShards: number) {
  return {
    number_of_shards: searchShards,
    number_of_replicas: 0,
    refresh_interval: '-1',
    max_result_window: RESULT_WINDOW,
  }
}

/** The body that creates a generation's index; writes are invisible until it is refreshed. */
export function indexBody(
  { id, createdAt, assembleVersion, tableDay }: Generation,
  { aliases, searchShards }: { aliases: readonly string[] } & Pick<SearchSettings, 'searchShards'>,
): object {
  const meta: GenerationMeta = {
    generation: id,
    createdAt,
    assembleVersion,
    layout: layoutOf({ tableDay }),
    foldVersion: FOLD_VERSION,
    tableDay,
  }
  return {
    aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
    settings: { index: settingsToFill(searchShards) },
    mappings: { dynamic: 'strict', _meta: meta, properties: PROPERTIES },
  }
}

/** The meta of an index; null if it is not a generation's. */
export function metaOf(meta: unknown): GenerationMeta | null {
  if (typeof meta !== 'object' || meta === null) return null
  // Every field is checked.
  const { generation, createdAt, assembleVersion, layout, ...rest } = meta as Record<keyof GenerationMeta, unknown>
  if (typeof generation !== 'string' || typeof createdAt !== 'number' || typeof assembleVersion !== 'number')
    return null
  if (typeof layout !== 'number') return null
  return {
    ...{ generation, createdAt, assembleVersion, layout },
    foldVersion: typeof rest.foldVersion === 'number' ? rest.foldVersion : null,
    ...(typeof rest.tableDay === 'string' ? { tableDay: rest.tableDay } : {}),
    ...(rest.java === true ? { java: true } : {}),
  }
}
