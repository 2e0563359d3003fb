import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { RowId } from '../../../domain/row.ts'
import { FIELD_COLUMNS, ROW_COLUMNS } from './generation-schema.ts'
import type { PackedRow } from './packed.ts'
import type { StorableRow, StoredValue } from './row-values.ts'
import { tokenOf, type RowVersion } from './token.ts'

/** Which row and which version of it is stored under a key. */
export interface CurrentRow extends RowVersion {
  readonly id: RowId
}

type Key = 'key' | 'id' | 'number'

/** Rows that one statement inserts: fewer calls of the engine. More of them gain nothing. */
const ROWS_A_STATEMENT = 8

/** The rows of one generation. Where it has no indexes yet, what looks for ids or numbers goes through all of them. */
export class Rows {
  readonly #byKeys: StatementSync
  readonly #byIds: StatementSync
  readonly #byNumbers: StatementSync
  readonly #versionsOfKeys: StatementSync
  readonly #versionsOfIds: StatementSync
  readonly #insert: StatementSync
  readonly #insertSome: StatementSync
  readonly #update: StatementSync
  readonly #delete: StatementSync

  constructor(database: DatabaseSync) {
    // One statement a batch, whatever its size.
    const select = (columns: readonly string[], key: Key) => {
      const found = `SELECT ${columns.join(', ')} FROM row WHERE ${key} IN (SELECT value FROM json_each(?))`
      const statement = database.prepare(found)
      statement.setReturnArrays(true)
      return statement
    }
    const whole = ['key', 'seq', 'id', 'parts', ...FIELD_COLUMNS]
    this.#byKeys = select(whole, 'key')
    this.#byIds = select(whole, 'id')
    this.#byNumbers = select(whole, 'number')
    this.#versionsOfKeys = select(['key', 'id', 'seq'], 'key')
    this.#versionsOfIds = select(['key', 'id', 'seq'], 'id')
    const insert = `INSERT INTO row (${ROW_COLUMNS.join(', ')}) VALUES `
    const values = `(${ROW_COLUMNS.map(() => '?').join(', ')})`
    this.#insert = database.prepare(insert + values)
    this.#insertSome = database.prepare(insert + new Array(ROWS_A_STATEMENT).fill(values).join(', '))
    const [, , ...changing] = ROW_COLUMNS
    const assignments = changing.map((column) => `${column} = ?`).join(', ')
    this.#update = database.prepare(`UPDATE row SET ${assignments} WHERE key = ?`)
    this.#delete = database.prepare('DELETE FROM row WHERE key = ?')
  }

  /** The rows of these ids among those that have one of these keys. */
  byKeys(keys: readonly number[], ids: readonly RowId[]): PackedRow[] {
    const asked = new Set(ids)
    return rowsIn(this.#byKeys, keys).filter(([id]) => asked.has(id))
  }

  byIds(ids: readonly RowId[]): PackedRow[] {
    return rowsIn(this.#byIds, ids)
  }

  byNumbers(numbers: readonly GmcNumber[]): PackedRow[] {
    return rowsIn(this.#byNumbers, numbers.map(Number))
  }

  /** What is stored under these keys. */
  versionsOfKeys(keys: readonly number[]): CurrentRow[] {
    return versionsIn(this.#versionsOfKeys, keys)
  }

  versionsOfIds(ids: readonly RowId[]): CurrentRow[] {
    return versionsIn(this.#versionsOfIds, ids)
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

// The columns are those of the statement, as arrays.

function rowsIn(statement: StatementSync, asked: readonly (number | string)[]): PackedRow[] {
  type Found = readonly [key: number, seq: number, id: RowId, parts: string, ...fields: StoredValue[]]
  const rows = statement.all(JSON.stringify(asked)) as unknown as Found[]
  return rows.map(([key, seq, id, parts, ...fields]) => [id, tokenOf({ key, seq }), parts, ...fields])
}

function versionsIn(statement: StatementSync, asked: readonly (number | string)[]): CurrentRow[] {
  if (asked.length === 0) return []
  const rows = statement.all(JSON.stringify(asked)) as unknown as [key: number, id: RowId, seq: number][]
  return rows.map(([key, id, seq]) => ({ key, id, seq }))
}
