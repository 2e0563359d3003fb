import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import { numberOfRow, type Row, type RowId } from '../../../src/domain/row.ts'
import type { WriteOutcome } from '../../../src/ports/index-store.ts'

/** The simplest implementation of what the port promises for one generation. */
export class StoreModel {
  readonly rows = new Map<RowId, Row>()
  /** What a search may return for a row: its last visible version, and all later ones. */
  readonly #versions = new Map<RowId, Row[]>()
  #visible = new Map<RowId, Row>()

  create(row: Row): WriteOutcome['status'] {
    if (this.rows.has(row.id)) return 'exists'
    this.#set(row)
    return 'written'
  }

  /** `current`: whether the token is of the current version. */
  replace(row: Row, current: boolean): WriteOutcome['status'] {
    if (!current) return 'conflict'
    this.#set(row)
    return 'written'
  }

  delete(id: RowId, current: boolean): WriteOutcome['status'] {
    if (!current) return 'conflict'
    this.rows.delete(id)
    return 'written'
  }

  /** Whether this is the current row. */
  isCurrent(row: Row): boolean {
    return isDeepStrictEqual(this.rows.get(row.id), row)
  }

  makeVisible(): void {
    this.#visible = new Map(this.rows)
    this.#versions.clear()
    for (const [id, row] of this.rows) this.#versions.set(id, [row])
  }

  /** Checks the result of a search for a number. */
  assertFound(number: GmcNumber, found: readonly Row[]): void {
    const ids = new Set(found.map(({ id }) => id))
    assert.equal(ids.size, found.length, 'no row is found twice')
    for (const [id, row] of this.#visible) {
      const now = this.rows.get(id)
      const has = now !== undefined && numberOfRow(now) === number
      if (has && numberOfRow(row) === number) assert.ok(ids.has(id), `${id} was visible with ${number}, and has it`)
    }
    for (const row of found) {
      const possible = this.#versions.get(row.id) ?? []
      assert.ok(
        possible.some((version) => isDeepStrictEqual(version, row)),
        `${row.id} was never what a search gives`,
      )
      assert.ok(
        possible.some((version) => numberOfRow(version) === number),
        `${row.id} has not had ${number} since it was last visible`,
      )
    }
  }

  #set(row: Row): void {
    this.rows.set(row.id, row)
    this.#versions.set(row.id, [...(this.#versions.get(row.id) ?? []), row])
  }
}
