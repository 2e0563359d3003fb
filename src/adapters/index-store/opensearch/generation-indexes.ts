import { LIST_NAMES, type IndexName, type ListName } from '../../../domain/lists.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import type { IndexDescription } from '../../opensearch/engine.ts'
import type { GenerationNames } from './generation-names.ts'
import { metaOf, type GenerationMeta } from './schema.ts'

type Indexes = Readonly<Record<string, IndexDescription>>

/** The physical indexes of a generation, as the engine describes them. */
export interface GenerationIndexes {
  readonly id: GenerationId
  /** Null if another program removed it. */
  readonly meta: GenerationMeta | null
  readonly master: string
  readonly masterAliases: readonly string[]
  /**
   * The indexes of its tables. Each has its alias from the moment on in which all are filled: before that, and for views, there
   * are none. One that another program removed is absent.
   */
  readonly tables: Readonly<Partial<Record<ListName, string>>>
}

/** The aliases to ask the engine for, for `generationIn`. */
export function aliasesOfGeneration(names: GenerationNames, id: GenerationId): readonly string[] {
  return [names.alias(id), ...LIST_NAMES.map((list) => names.table(list, id))]
}

/** A generation in what the engine said; null if it does not exist. */
export function generationIn(names: GenerationNames, id: GenerationId, indexes: Indexes): GenerationIndexes | null {
  const having = (alias: string) => Object.entries(indexes).find(([, { aliases }]) => alias in (aliases ?? {}))
  const found = having(names.alias(id))
  if (found === undefined) return null
  const [master, { aliases, mappings }] = found
  const tables = LIST_NAMES.flatMap((list) => {
    const [index] = having(names.table(list, id)) ?? []
    return index === undefined ? [] : [[list, index] as const]
  })
  return {
    ...{ id, master, meta: metaOf(mappings?._meta) },
    masterAliases: Object.keys(aliases ?? {}),
    tables: Object.fromEntries(tables),
  }
}

/** Whether the lists of a generation are tables, filled or not. */
export function hasTables({ meta }: Pick<GenerationIndexes, 'meta'>): boolean {
  return meta?.tableDay !== undefined || meta?.java === true
}

/** Whether its tables are filled, if only some of them are still there. */
export function isFilled({ tables }: Pick<GenerationIndexes, 'tables'>): boolean {
  return Object.keys(tables).length > 0
}

/** The index behind one of the five aliases; undefined for a table that is missing or not filled. */
export function indexBehind(generation: GenerationIndexes, name: IndexName): string | undefined {
  if (name === 'masterdoctorindex' || !hasTables(generation)) return generation.master
  return generation.tables[name]
}
