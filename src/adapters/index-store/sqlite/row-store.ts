import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RowId } from '../../../domain/row.ts'
import { ROW_COLUMNS } from './generation-schema.ts'
import type { StorableRow, StoredValue } from './row-values.ts'
import type { RowVersion } from './token.ts'

/** Which row and which version of it is stored under a key. */
export interface CurrentRow extends RowVersion {
  readonly id: RowId
}

/** Rows that one statement inserts: fewer calls of the engine. More of them gain nothing. */
const ROWS_A_STATEMENT = 8

/** The rows of a generation by their keys. */
export class RowStore {
  readonly #current: StatementSync
  readonly #having: StatementSync
  readonly #insert: StatementSync
  readonly #insertSome: StatementSync
  readonly #update: StatementSync
  readonly #delete: StatementSync

  constructor(database: DatabaseSync) {
    const which = 'SELECT key, id, seq FROM row WHERE'
    this.#current = database.prepare(`${which} key IN (SELECT value FROM json_each(?))`)
    this.#having = database.prepare(`${which} id IN (SELECT value FROM json_each(?))`)
    this.#current.setReturnArrays(true)
    this.#having.setReturnArrays(true)
    const insert = `INSERT INTO row (${ROW_COLUMNS.join(', ')}) VALUES `
    const values = `(${ROW_COLUMNS.map(() => '?').join(', ')})`
    this.#insert = database.prepare(insert + values)
    this.#insertSome = database.prepare(insert + new Array(ROWS_A_STATEMENT).fill(values).join(', '))
    const [, , ...changing] = ROW_COLUMNS
    this.#update = database.prepare(
      `UPDATE row SET ${changing.map((column) => `${column} = ?`).join(', ')} WHERE key = ?`,
    )
    this.#delete = database.prepare('DELETE FROM row WHERE key = ?')
  }

  /** The rows that are stored under these keys. */
  current(keys: readonly number[]): CurrentRow[] {
    return found(this.#current, keys)
  }

  /** The rows of these ids; goes through all rows where they have no index. */
  having(ids: readonly RowId[]): CurrentRow[] {
    return found(this.#having, ids)
  }

  /** Inserts rows, the first under the key and with the number `first`, each next one with the next. */
  insert(first: number, ids: readonly RowId[], rows: readonly StorableRow[]): void {
    const whole = rows.length - (rows.length % ROWS_A_STATEMENT)
    const values: StoredValue[] = []
    for (const [at, row] of rows.entries()) {
      values.push(first + at, ids[at] ?? null, first + at, ...row)
      if (at < whole && (at + 1) % ROWS_A_STATEMENT > 0) continue
      const statement = at < whole ? this.#insertSome : this.#insert
      statement.run(...values.splice(0))
    }
  }

  replace({ key, seq }: RowVersion, row: StorableRow): void {
    this.#update.run(seq, ...row, key)
  }

  delete(key: number): void {
    this.#delete.run(key)
  }
}

function found(statement: StatementSync, asked: readonly (number | string)[]): CurrentRow[] {
  if (asked.length === 0) return []
  // The columns of the statement, as arrays.
  const rows = statement.all(JSON.stringify(asked)) as unknown as [key: number, id: RowId, seq: number][]
  return rows.map(([key, id, seq]) => ({ key, id, seq }))
}
