import { INDEX_FIELDS, type ListName } from '../../../../domain/lists.ts'
import type { GenerationId } from '../../../../ports/index-store.ts'
import type { SearchSettings } from '../../../opensearch/settings.ts'
import { mappingOf, RESULT_WINDOW } from '../schema.ts'

/** The metadata in the mapping of a table's index. */
export interface TableMeta {
  readonly generation: GenerationId
  readonly list: ListName
}

/**
 * The body that creates the index of a table, which is searched only once it is refreshed or promoted. Fields that a Java service
 * adds to its rows, such as `_class`, are kept and not indexed.
 */
export function tableBody(
  { generation, list }: TableMeta,
  { aliases, searchShards }: { aliases: readonly string[] } & Pick<SearchSettings, 'searchShards'>,
): object {
  return {
    aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
    settings: {
      index: {
        number_of_shards: searchShards,
        number_of_replicas: 0,
        refresh_interval: '-1',
        max_result_window: RESULT_WINDOW,
      },
    },
    mappings: {
      dynamic: false,
      _meta: { generation, list },
      properties: Object.fromEntries(INDEX_FIELDS[list].map((field) => [field, mappingOf(field)])),
    },
  }
}

/** The meta of an index; null if it is not a table's. */
export function tableMetaOf(meta: unknown): Readonly<Record<keyof TableMeta, string>> | null {
  if (typeof meta !== 'object' || meta === null) return null
  // Every field is checked.
  const { generation, list } = meta as Record<keyof TableMeta, unknown>
  return typeof generation === 'string' && typeof list === 'string' ? { generation, list } : null
}
