import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AssembledDocument } from '../../../domain/assemble.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { isDiscrepancy } from '../../../domain/may-see.ts'
import { nameKeysOf, programmeKey, wordsInNames } from '../../../domain/search-keys.ts'
import { squashed } from '../../../domain/words.ts'
import { NO_NAME, SHARED } from './list-columns.ts'

type Value = string | number | null

/** The most texts whose keys are cached. */
const MOST_REMEMBERED = 20_000

/** Makes the list keys of rows. Must run in the caller's transaction, because it may add to `shared`. */
export class ListKeys {
  readonly #put: StatementSync
  readonly #known = new Map<string, number>()

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(`INSERT INTO shared (text, words, sort) VALUES (?, ?, ?)
      ON CONFLICT (text) DO UPDATE SET words = excluded.words, sort = excluded.sort RETURNING key`)
  }

  /** The values of the `LIST_COLUMNS`. */
  of(document: AssembledDocument): Value[] {
    const values = ownKeysOf(document)
    for (const column of SHARED) {
      const text = document[column]
      values.push(text === null ? null : this.#keyOf(text))
    }
    return values
  }

  /** Clears the cache, after a transaction was rolled back or another program may have changed `shared`. */
  forget(): void {
    this.#known.clear()
  }

  /** The key of a text. Repairs its row in `shared` if another program changed it. */
  #keyOf(text: string): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const key = Number(this.#put.get(text, ...sharedValuesOf(text))?.key)
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.set(text, key)
    return key
  }
}

/** The values of the `LIST_COLUMNS` that precede those of `SHARED`. */
export function ownKeysOf(document: AssembledDocument): Value[] {
  const keys = nameKeysOf(document)
  const { number, first, last } = keys
  const words = wordsInNames(keys)
  const isException = isVisitor(document) || hasReason(document)
  const names = [words.length === 0 ? null : ` ${words.join(' ')}`, number || null, first || NO_NAME, last || NO_NAME]
  return [...names, Number(isException), Number(isDiscrepancy(document))]
}

/** The columns `words` and `sort` of a text in `shared`. */
export function sharedValuesOf(text: string): [words: string, sort: string | null] {
  return [programmeKey(text), squashed(text) || null]
}
