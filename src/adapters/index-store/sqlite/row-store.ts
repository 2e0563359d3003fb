import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RowId } from '../../../domain/row.ts'
import { DELETED, ROW_COLUMNS } from './generation-schema.ts'
import type { StorableRow, StoredValue } from './row-values.ts'

/** What is stored under a key, without its content. */
export interface CurrentRow {
  readonly key: number
  readonly id: RowId
  readonly seq: number
  readonly deleted: boolean
  readonly number: number | null
}

/** Rows that one statement stores: fewer calls of the engine. More of them gain nothing. */
const ROWS_A_STATEMENT = 8

/** The rows of a generation by their keys. */
export class RowStore {
  readonly #current: StatementSync
  readonly #store: StatementSync
  readonly #storeSome: StatementSync
  readonly #flagDeleted: StatementSync
  readonly #outdate: StatementSync

  constructor(database: DatabaseSync) {
    this.#current = database.prepare(
      `SELECT row.key, row.id, row.seq, row.state, row.number
       FROM json_each(?) AS asked CROSS JOIN row ON row.key = asked.value`,
    )
    this.#current.setReturnArrays(true)
    // Cheaper than an update, which would read the former version once more.
    const store = `INSERT OR REPLACE INTO row (${ROW_COLUMNS.join(', ')}) VALUES `
    const values = `(${ROW_COLUMNS.map(() => '?').join(', ')})`
    this.#store = database.prepare(store + values)
    this.#storeSome = database.prepare(store + new Array(ROWS_A_STATEMENT).fill(values).join(', '))
    this.#flagDeleted = database.prepare(`UPDATE row SET seq = ?, state = state | ${DELETED} WHERE key = ?`)
    this.#outdate = database.prepare('INSERT INTO outdated VALUES (?, ?) ON CONFLICT DO NOTHING')
  }

  /** What is stored under these keys, deleted rows too. */
  current(keys: readonly number[]): Map<number, CurrentRow> {
    const rows = new Map<number, CurrentRow>()
    if (keys.length === 0) return rows
    // The columns of the statement, as arrays.
    const found = this.#current.iterate(JSON.stringify(keys)) as Iterable<unknown> as Iterable<
      [key: number, id: RowId, seq: number, state: number, number: number | null]
    >
    for (const [key, id, seq, state, number] of found)
      rows.set(key, { key, id, seq, deleted: (state & DELETED) !== 0, number })
    return rows
  }

  /** Stores rows, in place of those that have their keys. Sorts the array. */
  store(rows: StorableRow[]): void {
    // Rows that lie on one page are stored while it is at hand.
    rows.sort((a, b) => a.key - b.key)
    const whole = rows.length - (rows.length % ROWS_A_STATEMENT)
    for (let from = 0; from < whole; from += ROWS_A_STATEMENT) {
      const values: StoredValue[] = []
      for (let at = from; at < from + ROWS_A_STATEMENT; at += 1) values.push(...(rows[at]?.values ?? []))
      this.#storeSome.run(...values)
    }
    for (const { values } of rows.slice(whole)) this.#store.run(...values)
  }

  /** A search may still find the row: it stays until it is made invisible. */
  flagDeleted(key: number, seq: number): void {
    this.#flagDeleted.run(seq, key)
  }

  /** Remembers the number by which a search finds the row, unless that is remembered from an earlier writing. */
  outdate(key: number, searchableBy: number | null): void {
    this.#outdate.run(key, searchableBy)
  }
}
