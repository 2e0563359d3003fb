import type { RowId } from '../../domain/row.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import { keysOf, keysOfRow, keyText } from '../resync/resync-keys.ts'

/** Whom an operator means: a person of TCS, a doctor, or either if the key can be both. */
export interface Meant {
  readonly person: number | null
  /** A GMC number, and a document with another `_id`; none for a person. */
  readonly doctor: readonly ChangedKey[]
}

/**
 * Whom a key means. A row id (`tcs-47`, `gmc-1234567`) is unambiguous. Seven digits may be either; any other number is a person
 * id; other text is the `_id` of a document. Throws USAGE if it can be none of them.
 */
export function meantBy(text: string): Meant {
  const ofRow = keysOfRow(text.trim()).keys
  const keys = ofRow.length > 0 ? ofRow : keysOf(text).keys
  const person = keys.find((key) => key.kind === 'person')?.tcsPersonId ?? null
  const doctor = keys.filter(({ kind }) => kind === 'number' || (kind === 'document' && person === null))
  return { person, doctor }
}

/** The keys of the person to erase. */
export class ErasedKeys {
  readonly #keys: ReadonlyMap<RowId, ChangedKey>
  readonly #quoted: RegExp

  constructor(keys: readonly ChangedKey[]) {
    this.#keys = new Map(keys.map((key) => [keyText(key), key]))
    const texts = keys.flatMap((key) => (key.kind === 'number' ? [keyText(key), key.number] : keyText(key)))
    this.#quoted = new RegExp(`(?<![\\w-])(?:${texts.map(escaped).join('|')})(?![\\w-])`, 'g')
  }

  /** The ids of their rows, which are also the keys of their failures. */
  get names(): readonly RowId[] {
    return [...this.#keys.keys()]
  }

  get all(): readonly ChangedKey[] {
    return [...this.#keys.values()]
  }

  /** Whether a row id or failure key belongs to this person. */
  covers(name: string): boolean {
    return this.#keys.has(name) || keysOfRow(name).keys.some((key) => this.#keys.has(keyText(key)))
  }

  /**
   * A text of a record with `…` in place of the keys. Without `tcs-`, a person id may be any figure, so it must be the whole text;
   * without `gmc-`, the id of a document may be any word, so it stays.
   */
  masked(text: string): string {
    for (const key of this.#keys.values()) if (key.kind === 'person' && text.trim() === bareText(key)) return '…'
    return text.replace(this.#quoted, (found) => `${/^(?:tcs|gmc)-/.exec(found)?.[0] ?? ''}…`)
  }

  /** Whether a message that cannot be read quotes a key: a number anywhere, a person id as the value of an id. */
  areQuotedIn(message: string): boolean {
    return [...this.#keys.values()].some((key) => {
      const bare = escaped(bareText(key))
      const where = key.kind === 'person' ? `[Ii]d"?\\s*:\\s*"?${bare}(?!\\d)` : `(?<!\\w)${bare}(?!\\w)`
      return new RegExp(where).test(message)
    })
  }
}

function bareText(key: ChangedKey): string {
  switch (key.kind) {
    case 'person':
      return String(key.tcsPersonId)
    case 'number':
      return key.number
    case 'document':
      return key.storedId
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
