import type { IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'

const STEM = 'reval-generation-'
/** The first physical index of a generation; a second one could take its place behind the same alias. */
const FIRST = '-1'
/** Between a generation's name and the term of its writer. */
const OF_TERM = '@'
/** Valid in an index name of every engine, and not a wildcard, a list or another path. */
const GENERATION_ID = /^[a-z0-9][a-z0-9_.-]{0,150}$/

/** The names of the indexes of one installation. */
export class GenerationNames {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** All physical indexes of generations, as a pattern. */
  get pattern(): string {
    return `${this.#prefix}${STEM}*`
  }

  /** The alias through which a generation is read. Throws GENERATION_UNKNOWN for an id that cannot be one. */
  alias(id: GenerationId): string {
    if (!GENERATION_ID.test(id)) throw new RevalError('GENERATION_UNKNOWN', `"${id}" is not a valid generation id`)
    return `${this.#prefix}${STEM}${id}`
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

  /** The generation of a physical index; null for any other. */
  generationOf(index: string): GenerationId | null {
    const stem = this.#prefix + STEM
    if (!index.startsWith(stem) || !index.endsWith(FIRST)) return null
    const id = index.slice(stem.length, -FIRST.length)
    return GENERATION_ID.test(id) ? id : null
  }

  /** An alias of the live generation, by which a promotion detects a concurrent one. */
  get liveMark(): string {
    return `${this.#prefix}reval-live`
  }

  /** One of the five aliases that users read. */
  aliasName(name: IndexName): string {
    return `${this.#prefix}${name}`
  }
}
