import type { Row } from '../../domain/row.ts'
import { hintedKeyText } from '../../messages/hint.ts'
import { REFRESH_CAUSES, type RefreshCause, type RowOrigin } from '../../ports/changes.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import { keysOfStoredRow } from './key-scope.ts'

/** Why keys are refreshed: for all of them the same, or by key, as `hintedKeyText` writes it. */
export type Causes = RefreshCause | ReadonlyMap<string, readonly RefreshCause[]>

/** The origins of the rows that one refresh writes. */
export class RowOrigins {
  readonly #at: number
  readonly #causes: Causes
  /** Of rows that no key of the refresh names: it found them by what the keys led to. */
  readonly #ofAll: RowOrigin

  constructor(at: number, causes: Causes) {
    this.#at = at
    this.#causes = causes
    this.#ofAll = this.#origin(typeof causes === 'string' ? [causes] : [...causes.values()].flat())
  }

  /** The origin of a row, by its keys before and after. */
  of(before: Row | null, after: Row | null): RowOrigin {
    const causes = this.#causes
    // Almost every batch is of one channel.
    if (typeof causes === 'string' || this.#ofAll.causes.length === 1) return this.#ofAll
    const keys: readonly ChangedKey[] = [before, after].flatMap((row) => (row === null ? [] : keysOfStoredRow(row)))
    const own = keys.flatMap((key) => causes.get(hintedKeyText(key)) ?? [])
    return own.length === 0 ? this.#ofAll : this.#origin(own)
  }

  #origin(causes: readonly RefreshCause[]): RowOrigin {
    return { at: this.#at, causes: REFRESH_CAUSES.filter((cause) => causes.includes(cause)) }
  }
}
