import { entryOf, FIELDS, kindOf, type Field } from '../../../domain/fields.ts'
import type { Generation } from '../../../ports/index-store.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'

/** The layout of a generation's index. Raised with every change to the mapping but a new field, and to what a stored part means. */
export const GENERATION_LAYOUT = 2

/** The metadata of the generation in the mapping of its index. */
export interface GenerationMeta {
  readonly generation: string
  readonly createdAt: number
  readonly assembleVersion: number
  readonly layout: number
}

/** Longer text cannot be sorted or compared as a whole: an index allows four bytes per letter. */
const KEYWORD = { type: 'keyword', ignore_above: 8_191 } as const
const LOWER = { ...KEYWORD, normalizer: 'lower' } as const

function mappingOf(field: Field): object {
  switch (kindOf(field)) {
    case 'personId':
      return { type: 'long' }
    case 'flag':
      return { type: 'boolean' }
    case 'day':
      return { type: 'date', format: 'strict_date' }
    default: {
      // Codes and statuses have one case, and a subfield costs 1 % of a fill.
      const fields = entryOf(field).anyCase === true ? { keyword: KEYWORD, lower: LOWER } : { keyword: KEYWORD }
      return { type: 'text', norms: false, fields }
    }
  }
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
      // Only returned.
      parts: { type: 'object', enabled: false },
    },
  },
}

/** The body that creates a generation's index; writes are invisible until it is refreshed. */
export function indexBody(
  { id, createdAt, assembleVersion }: Generation,
  { aliases, searchShards }: { aliases: readonly string[] } & Pick<SearchSettings, 'searchShards'>,
): object {
  const meta: GenerationMeta = { generation: id, createdAt, assembleVersion, layout: GENERATION_LAYOUT }
  return {
    aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
    settings: {
      index: {
        number_of_shards: searchShards,
        number_of_replicas: 0,
        refresh_interval: '-1',
        analysis: { normalizer: { lower: { type: 'custom', filter: ['lowercase'] } } },
      },
    },
    mappings: { dynamic: 'strict', _meta: meta, properties: PROPERTIES },
  }
}

/** The meta of an index; null if it is not a generation's. */
export function metaOf(meta: unknown): GenerationMeta | null {
  if (typeof meta !== 'object' || meta === null) return null
  // Every field is checked.
  const { generation, createdAt, assembleVersion, layout } = meta as Record<keyof GenerationMeta, unknown>
  if (typeof generation !== 'string' || typeof createdAt !== 'number' || typeof assembleVersion !== 'number')
    return null
  return typeof layout === 'number' ? { generation, createdAt, assembleVersion, layout } : null
}
