import type { Field } from '../../../../domain/fields.ts'
import { INDEX_FIELDS, type ListName } from '../../../../domain/lists.ts'
import type { GenerationId } from '../../../../ports/index-store.ts'
import type { SearchSettings } from '../../../opensearch/settings.ts'
import { mappingOf, settingsToFill } from '../schema.ts'

/** The metadata in the mapping of a table's index. */
export interface TableMeta {
  readonly generation: GenerationId
  readonly list: ListName
}

/** The analyzer of GMC numbers in tables. */
const WHOLE_TEXT = 'whole_text'

/**
 * A Java service finds the row of a number by match queries on its text. As words, "1234567 (old)" would match 1234567: the service would
 * overwrite that row with the other, or delete it. What is searched for is still taken as words: it may be several numbers.
 */
const ANALYSIS = {
  // The engine refuses a word of more than 32,766 bytes.
  filter: { beginning: { type: 'truncate', length: 1_000 } },
  analyzer: { [WHOLE_TEXT]: { type: 'custom', tokenizer: 'keyword', filter: ['lowercase', 'beginning'] } },
}

function tableMappingOf(field: Field): object {
  return field === 'gmcReferenceNumber'
    ? { ...mappingOf(field), analyzer: WHOLE_TEXT, search_analyzer: 'standard' }
    : mappingOf(field)
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
    settings: { index: { ...settingsToFill(searchShards), analysis: ANALYSIS } },
    mappings: {
      dynamic: false,
      _meta: { generation, list },
      properties: Object.fromEntries(INDEX_FIELDS[list].map((field) => [field, tableMappingOf(field)])),
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
