import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import { numberOfRow, type Row, type RowId } from '../../../src/domain/row.ts'
import type { WriteOutcome } from '../../../src/ports/index-store.ts'

/** What the port promises of one generation, remembered in the simplest way. */
export class StoreModel {
  readonly rows = new Map<RowId, Row>()
  /** What a search may give of a row: what it was when last visible, and all that it has been since. */
  readonly #versions = new Map<RowId, Row[]>()
  /** The numbers by which rows are found. */
  #visible = new Map<RowId, GmcNumber | null>()
  #changed = new Set<RowId>()

  create(row: Row): WriteOutcome['status'] {
    if (this.rows.has(row.id)) return 'exists'
    this.#set(row)
    return 'written'
  }

  /** `current`: whether the token is of the version that is. */
  replace(row: Row, current: boolean): WriteOutcome['status'] {
    if (!current) return 'conflict'
    this.#set(row)
    return 'written'
  }

  delete(id: RowId, current: boolean): WriteOutcome['status'] {
    if (!current) return 'conflict'
    this.rows.delete(id)
    this.#changed.add(id)
    return 'written'
  }

  /** Whether a token that came from a search is still good. */
  isAsFound(id: RowId): boolean {
    return this.#visible.has(id) && !this.#changed.has(id)
  }

  makeVisible(): void {
    this.#visible = new Map([...this.rows].map(([id, row]) => [id, numberOfRow(row)]))
    this.#versions.clear()
    for (const [id, row] of this.rows) this.#versions.set(id, [row])
    this.#changed.clear()
  }

  /** Checks what a search for a number gave. */
  assertFound(number: GmcNumber, found: readonly Row[]): void {
    const expected = [...this.#visible].filter(([, its]) => its === number).map(([id]) => id)
    assert.deepEqual(found.map(({ id }) => id).sort(), expected.sort())
    for (const row of found) {
      const possible = this.#versions.get(row.id) ?? []
      assert.ok(
        possible.some((version) => isDeepStrictEqual(version, row)),
        `${row.id} was never what a search gives`,
      )
    }
  }

  #set(row: Row): void {
    this.rows.set(row.id, row)
    this.#changed.add(row.id)
    this.#versions.set(row.id, [...(this.#versions.get(row.id) ?? []), row])
  }
}
