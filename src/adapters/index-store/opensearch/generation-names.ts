import { INDEX_NAMES, LIST_NAMES, type IndexName, type ListName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'

const STEM = 'reval-generation-'
const TABLE_STEM = 'reval-list-'
/** The first physical index of a generation; a second one could take its place behind the same alias. */
const FIRST = '-1'
/** Between a generation's name and the term of its writer. */
const OF_TERM = '@'
/**
 * Between a table's name and the term of its writer. No index can have a name with a capital letter, so a write that finds
 * the alias gone never creates an index: a bulk can require an alias, but a task that copies rows does so only when it starts.
 */
const TABLE_OF_TERM = '@Term'
/** After the name of the index of a table, for the task that fills it. */
const OF_FILLING = '@Filling'
/** Valid in an index name of every engine, and not a wildcard, a list or another path. */
const GENERATION_ID = /^[a-z0-9][a-z0-9_.-]{0,150}$/
/** What tells the fillings of a table apart. Without a hyphen, so that it can be cut off a name. */
const FILLING = /^[a-z0-9]{1,16}$/

/** What a physical index is: the master index of a generation, or the table of a list. */
export interface GenerationPart {
  readonly generation: GenerationId
  readonly name: IndexName
}

/** The names of the indexes of one installation. */
export class GenerationNames {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** The master indexes of all generations, as a pattern. */
  get pattern(): string {
    return `${this.#prefix}${STEM}*`
  }

  /** The tables of all generations, as a pattern. */
  get tablePattern(): string {
    return `${this.#prefix}${TABLE_STEM}*`
  }

  /** The alias through which a generation is read. Throws GENERATION_UNKNOWN for an id that cannot be one. */
  alias(id: GenerationId): string {
    return `${this.#prefix}${STEM}${checked(id)}`
  }

  /** The alias through which the writer of a term writes to a generation. No generation's id has such a character. */
  writeAlias(id: GenerationId, term: number): string {
    return `${this.alias(id)}${OF_TERM}${term}`
  }

  /** Whether an alias of a generation's index is that of a writer. */
  isWriteAlias(alias: string, id: GenerationId): boolean {
    return alias.startsWith(this.alias(id) + OF_TERM)
  }

  /** The index behind those aliases. */
  index(id: GenerationId): string {
    return `${this.alias(id)}${FIRST}`
  }

  /** The alias through which a table is read: that of the index that was filled. */
  table(list: ListName, id: GenerationId): string {
    return `${this.#prefix}${TABLE_STEM}${list}-${checked(id)}`
  }

  /** The alias through which the writer of a term writes to a table. */
  tableWriteAlias(list: ListName, id: GenerationId, term: number): string {
    return `${this.table(list, id)}${TABLE_OF_TERM}${term}`
  }

  /** Whether an alias of a table's index is that of a writer. */
  isTableWriteAlias(alias: string, list: ListName, id: GenerationId): boolean {
    return alias.startsWith(this.table(list, id) + TABLE_OF_TERM)
  }

  /** The index of one filling of a table: lower-case letters and digits tell them apart. */
  tableIndex(list: ListName, id: GenerationId, filling: string): string {
    return `${this.table(list, id)}-${filling}`
  }

  /** The alias through which the index of a table is filled, and which it has no longer than that. */
  fillingAlias(tableIndex: string): string {
    return `${tableIndex}${OF_FILLING}`
  }

  /** A pattern of all physical indexes of the tables of a generation, and perhaps of others: `partOf` tells. */
  tablePatternOf(id: GenerationId): string {
    return `${this.#prefix}${TABLE_STEM}*-${checked(id)}-*`
  }

  /** The generation that a physical index belongs to, and as what; null for any other. */
  partOf(index: string): GenerationPart | null {
    const generation = this.#generationOfMaster(index)
    return generation === null ? this.#partOfTable(index) : { generation, name: 'masterdoctorindex' }
  }

  #generationOfMaster(index: string): GenerationId | null {
    const stem = this.#prefix + STEM
    if (!index.startsWith(stem) || !index.endsWith(FIRST)) return null
    const id = index.slice(stem.length, -FIRST.length)
    return GENERATION_ID.test(id) ? id : null
  }

  #partOfTable(index: string): GenerationPart | null {
    const list = LIST_NAMES.find((each) => index.startsWith(`${this.#prefix}${TABLE_STEM}${each}-`))
    if (list === undefined) return null
    const rest = index.slice(`${this.#prefix}${TABLE_STEM}${list}-`.length)
    const end = rest.lastIndexOf('-')
    const generation = rest.slice(0, Math.max(end, 0))
    if (!GENERATION_ID.test(generation) || !FILLING.test(rest.slice(end + 1))) return null
    return { generation, name: list }
  }

  /** An alias of the live generation, by which a promotion detects a concurrent one. */
  get liveMark(): string {
    return `${this.#prefix}reval-live`
  }

  /** One of the five aliases that users read. */
  aliasName(name: IndexName): string {
    return `${this.#prefix}${name}`
  }

  /** The five aliases that users read. */
  get aliasNames(): readonly string[] {
    return INDEX_NAMES.map((name) => this.aliasName(name))
  }
}

function checked(id: GenerationId): GenerationId {
  if (GENERATION_ID.test(id)) return id
  throw new RevalError('GENERATION_UNKNOWN', `"${id}" is not a valid generation id`)
}
