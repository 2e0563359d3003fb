import { LIST_NAMES, type ListName } from '../../../../domain/lists.ts'
import type { GenerationId } from '../../../../ports/index-store.ts'
import type { IndexDescription } from '../../../opensearch/engine.ts'
import type { GenerationNames } from '../generation-names.ts'
import { tableMetaOf } from './table-index.ts'

type Indexes = Readonly<Record<string, IndexDescription>>

/** The index of a table, filled or not. */
export interface TableIndex {
  readonly index: string
  readonly generation: GenerationId
  readonly list: ListName
  readonly aliases: readonly string[]
  /** Whether its filling was finished. */
  readonly isFilled: boolean
  /** Whether users read it: then it is never removed, even if another program removed what says that it is filled. */
  readonly isLive: boolean
}

/** All indexes of tables among these whose name and metadata say the same: prefixes of other installations may begin like ours. */
export function tableIndexesIn(names: GenerationNames, indexes: Indexes): readonly TableIndex[] {
  return Object.entries(indexes).flatMap(([index, { aliases = {}, mappings }]) => {
    const part = names.partOf(index)
    const list = LIST_NAMES.find((each) => each === part?.name)
    const meta = tableMetaOf(mappings?._meta)
    if (part === null || list === undefined) return []
    if (meta?.generation !== part.generation || meta.list !== list) return []
    const { generation } = part
    const isFilled = names.table(list, generation) in aliases
    const isLive = names.aliasNames.some((alias) => alias in aliases)
    return [{ index, generation, list, aliases: Object.keys(aliases), isFilled, isLive }]
  })
}

/**
 * The actions that give the tables of a generation to the writer of a term. Those that are not filled are removed: what an earlier
 * writer still sends for them, to fill them or to say that they are filled, is refused then.
 */
export function tableActionsOfTerm(
  names: GenerationNames,
  indexes: Indexes,
  { id, term }: { readonly id: GenerationId; readonly term: number },
): readonly object[] {
  const tables = tableIndexesIn(names, indexes).filter(({ generation }) => generation === id)
  return tables.flatMap(({ index, list, aliases, isFilled, isLive }): readonly object[] => {
    if (!isFilled && !isLive) return [{ remove_index: { index } }]
    const own = names.tableWriteAlias(list, id, term)
    const others = aliases.filter((alias) => alias !== own && names.isTableWriteAlias(alias, list, id))
    return [
      ...others.map((alias) => ({ remove: { index, alias } })),
      ...(aliases.includes(own) ? [] : [{ add: { index, alias: own } }]),
    ]
  })
}

/** The tables to remove with a generation: its own, and those of generations that do not exist. `indexes` are all of both kinds. */
export function tablesToDrop(names: GenerationNames, indexes: Indexes, id: GenerationId): readonly string[] {
  // By name: one whose metadata was removed is still there.
  const kept = new Set(Object.keys(indexes).map((index) => masterOf(names, index)))
  return tableIndexesIn(names, indexes)
    .filter(({ generation, isLive }) => !isLive && (generation === id || !kept.has(generation)))
    .map(({ index }) => index)
}

function masterOf(names: GenerationNames, index: string): GenerationId | null {
  const part = names.partOf(index)
  return part?.name === 'masterdoctorindex' ? part.generation : null
}
