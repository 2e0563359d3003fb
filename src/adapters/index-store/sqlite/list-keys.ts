import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AssembledDocument } from '../../../domain/assemble.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { isDiscrepancy } from '../../../domain/may-see.ts'
import { nameKeysOf, programmeKey, wordsInNames } from '../../../domain/search-keys.ts'
import { squashed } from '../../../domain/words.ts'
import { NO_NAME, SHARED } from './list-columns.ts'

type Value = string | number | null

/** The texts whose keys are remembered. */
const MOST_REMEMBERED = 20_000

/** Makes what lists are searched and sorted by, in the caller's transaction: it may add to `shared`. */
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

  /** The texts are not as they were remembered: a transaction that added some was undone, or another program may have changed them. */
  forget(): void {
    this.#known.clear()
  }

  /** The key of a text, which is mended if another program changed it. */
  #keyOf(text: string): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const key = Number(this.#put.get(text, ...sharedValuesOf(text))?.key)
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.set(text, key)
    return key
  }
}

/** The values of the `LIST_COLUMNS` before those of `SHARED`. */
export function ownKeysOf(document: AssembledDocument): Value[] {
  const keys = nameKeysOf(document)
  const { number, first, last } = keys
  const words = wordsInNames(keys)
  const isException = isVisitor(document) || hasReason(document)
  const names = [words.length === 0 ? null : ` ${words.join(' ')}`, number || null, first || NO_NAME, last || NO_NAME]
  return [...names, Number(isException), Number(isDiscrepancy(document))]
}

/** The words of a text of `shared`, and what it sorts by. */
export function sharedValuesOf(text: string): [words: string, sort: string | null] {
  return [programmeKey(text), squashed(text) || null]
}
