import type { IndexName } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'

const STEM = 'reval-generation-'
/** The first physical index of a generation; a second one could take its place behind the same alias. */
const FIRST = '-1'
/** What every engine allows in the name of an index: no wildcard, no list, no other path. */
const GENERATION_ID = /^[a-z0-9][a-z0-9_.-]{0,150}$/

/** What the indexes of one installation are called. */
export class GenerationNames {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** All physical indexes of generations, as a pattern. */
  get pattern(): string {
    return `${this.#prefix}${STEM}*`
  }

  /** The alias through which a generation is read and written. Throws GENERATION_UNKNOWN for an id that cannot be one. */
  alias(id: GenerationId): string {
    if (!GENERATION_ID.test(id)) throw new RevalError('GENERATION_UNKNOWN', `"${id}" is not a valid generation id`)
    return `${this.#prefix}${STEM}${id}`
  }

  /** The index behind that alias. */
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

  /** An alias on the live generation, by which a promotion sees that it is not alone. */
  get liveMark(): string {
    return `${this.#prefix}reval-live`
  }

  /** One of the five names that users read. */
  aliasName(name: IndexName): string {
    return `${this.#prefix}${name}`
  }
}
