import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { RowId } from '../../../domain/row.ts'
import { CHECKED_COLUMNS } from './list-check.ts'
import { HAS_LISTS } from './list-columns.ts'
import { ROW_COLUMNS } from './schema.ts'
import type { PackedRow } from './packed.ts'
import { READ_COLUMNS, type StorableRow, type StoredValue, type StoredValues } from './row-values.ts'
import type { Token } from '../../../ports/index-store.ts'

/** One version of a row: `key` finds the row, `seq` is the number of its last write, unique in a generation. */
export interface RowVersion {
  readonly key: number
  readonly seq: number
}

/** The row and version that is stored under a key. */
export interface CurrentRow extends RowVersion {
  readonly id: RowId
}

/** Rows per INSERT statement: fewer calls of the engine. More gain nothing. */
const ROWS_A_STATEMENT = 8

export type Rows = ReturnType<typeof rowsIn>

/** What to select for the `StoredValues` of rows; with what lists are read from, if the file has it. */
export function checkedRows(database: DatabaseSync): string {
  const rows = READ_COLUMNS.join(', ')
  if (database.prepare(HAS_LISTS).get() === undefined) return `${rows} FROM row`
  return `${rows}, ${CHECKED_COLUMNS.join(', ')} FROM row`
}

/** The rows of one generation. Until it has indexes, searches by id or number scan all of them. */
export function rowsIn(database: DatabaseSync) {
  // One statement a batch, whatever its size.
  const select = (found: string, key: 'key' | 'id' | 'number') => {
    const statement = database.prepare(`SELECT ${found} WHERE row.${key} IN (SELECT value FROM json_each(?))`)
    statement.setReturnArrays(true)
    return statement
  }
  const whole = `row.key, row.seq, ${checkedRows(database)}`
  const byKeys = select(whole, 'key')
  const byIds = select(whole, 'id')
  const byNumbers = select(whole, 'number')
  const version = 'key, id, seq FROM row'
  const versionsOfKeys = select(version, 'key')
  const versionsOfIds = select(version, 'id')
  const into = `INSERT INTO row (${ROW_COLUMNS.join(', ')}) VALUES `
  const values = `(${ROW_COLUMNS.map(() => '?').join(', ')})`
  // Prepared with the first write: the rows of an older file are only read, through a view.
  const prepared = (sql: string) => {
    let statement: StatementSync | null = null
    return () => (statement ??= database.prepare(sql))
  }
  const insertOne = prepared(into + values)
  const insertSome = prepared(into + new Array(ROWS_A_STATEMENT).fill(values).join(', '))
  const [, , ...changing] = ROW_COLUMNS
  const update = prepared(`UPDATE row SET ${changing.map((each) => `${each} = ?`).join(', ')} WHERE key = ?`)
  const remove = prepared('DELETE FROM row WHERE key = ?')
  return {
    /** The rows with these ids among those with these keys. */
    byKeys: (keys: readonly number[], ids: readonly RowId[]): PackedRow[] => {
      const asked = new Set(ids)
      return foundBy(byKeys, keys).filter(([, id]) => asked.has(id))
    },
    get: (ids: readonly RowId[]): PackedRow[] => foundBy(byIds, ids),
    findByNumbers: (numbers: readonly GmcNumber[]): PackedRow[] => foundBy(byNumbers, numbers.map(Number)),
    /** The rows stored under these keys. */
    versionsOfKeys: (keys: readonly number[]): CurrentRow[] => versionsBy(versionsOfKeys, keys),
    versionsOfIds: (ids: readonly RowId[]): CurrentRow[] => versionsBy(versionsOfIds, ids),
    /** Inserts rows, the first under the key and with the number `first`, each next one with the next. */
    insert: (first: number, ids: readonly RowId[], rows: readonly StorableRow[]): void => {
      const inGroups = rows.length - (rows.length % ROWS_A_STATEMENT)
      const bound: StoredValue[] = []
      for (const [at, row] of rows.entries()) {
        bound.push(first + at, ids[at] ?? null, first + at, ...row)
        if (at < inGroups && (at + 1) % ROWS_A_STATEMENT > 0) continue
        const statement = at < inGroups ? insertSome : insertOne
        statement().run(...bound.splice(0))
      }
    },
    replace: ({ key, seq }: RowVersion, row: StorableRow): void => {
      update().run(seq, ...row, key)
    },
    delete: (key: number): void => {
      remove().run(key)
    },
  }
}

// The columns are those of the statement, as arrays.

function foundBy(statement: StatementSync, asked: readonly (number | string)[]): PackedRow[] {
  type Found = readonly [key: number, seq: number, ...StoredValues]
  const rows = statement.all(JSON.stringify(asked)) as unknown as Found[]
  return rows.map(([key, seq, ...values]) => [tokenOf({ key, seq }), ...values])
}

function versionsBy(statement: StatementSync, asked: readonly (number | string)[]): CurrentRow[] {
  if (asked.length === 0) return []
  const rows = statement.all(JSON.stringify(asked)) as unknown as [key: number, id: RowId, seq: number][]
  return rows.map(([key, id, seq]) => ({ key, id, seq }))
}

function tokenOf({ key, seq }: RowVersion): Token {
  return `${key}.${seq}`
}

/** The version of a token; null if it is not a token of this store. */
export function versionOf(token: Token): RowVersion | null {
  const dot = token.indexOf('.')
  const key = Number(token.slice(0, dot))
  const seq = Number(token.slice(dot + 1))
  return dot > 0 && Number.isSafeInteger(key) && Number.isSafeInteger(seq) ? { key, seq } : null
}
