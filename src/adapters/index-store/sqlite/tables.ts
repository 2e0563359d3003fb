import type { DatabaseSync } from 'node:sqlite'
import type { Day } from '../../../domain/day.ts'
import type { Field } from '../../../domain/fields.ts'
import { byList, LIST_NAMES, type IndexDocument, type ListName } from '../../../domain/lists.ts'
import type { ListCounts, TableRow } from '../../../ports/index-store.ts'
import { inTransaction } from '../../sqlite/database.ts'
import { parametersOf } from './list-rules.ts'
import { documentOf } from './index-reader.ts'
import { areFilled, columnsIn, EMPTYING, filledSchema, intoTable, tableDayOf } from './table-schema.ts'

/** Rows that are put into all tables in one transaction, which takes about 20 ms of processor time. */
const ROWS_A_STEP = 5_000

/** How far filling is. */
export interface Filling {
  /** The key of the last row that was considered; null if there is none left. */
  readonly upTo: number | null
  /** The rows that were added to tables. */
  readonly added: number
}

/** The tables of a generation that is open for writing. */
export class Tables {
  readonly #database: DatabaseSync
  readonly #day: Day

  constructor(database: DatabaseSync, day: Day) {
    this.#database = database
    this.#day = day
  }

  /** Null if the lists are views. */
  static in(database: DatabaseSync): Tables | null {
    const day = tableDayOf(database)
    return day === null ? null : new Tables(database, day)
  }

  /** Empties the tables. `fillAfter` adds the rows to them, `finish` keeps them from then on like the rows. */
  empty(): void {
    inTransaction(this.#database, () => this.#database.exec(EMPTYING))
  }

  /** Adds the rows that follow this key, as many as a step takes. */
  fillAfter(key: number): Filling {
    const found = this.#database
      .prepare('SELECT max(key) AS upTo FROM (SELECT key FROM row WHERE key > ? ORDER BY key LIMIT ?)')
      .get(key, ROWS_A_STEP)
    const upTo = found?.upTo ?? null
    if (upTo === null) return { upTo: null, added: 0 }
    const range = { from: key, upTo: Number(upTo) }
    const added = inTransaction(this.#database, () =>
      LIST_NAMES.map((list) => this.#insert(list, 'row.key > :from AND row.key <= :upTo', range)),
    )
    return { upTo: range.upTo, added: added.reduce((sum, rows) => sum + rows, 0) }
  }

  /** Call it in a transaction that reaches the disk. */
  finish(): void {
    this.#database.exec(filledSchema(this.#day))
  }

  /** Makes the rows with these ids, and others of the same people, as the master requires, within the caller's transaction. Returns whether the tables are filled. */
  mend(ids: readonly string[]): boolean {
    if (!areFilled(this.#database)) return false
    const values = { ids: JSON.stringify([...ids, ...this.#idsOfSamePeople(ids)]) }
    for (const list of LIST_NAMES) {
      const theirs = 'id IN (SELECT value FROM json_each(:ids))'
      this.#database.prepare(`DELETE FROM ${list} WHERE ${theirs}`).run(values)
      this.#insert(list, `row.${theirs}`, values)
    }
    return true
  }

  /** Of the rows of tables that have the person or the GMC number of one of these rows of the master. */
  #idsOfSamePeople(ids: readonly string[]): readonly string[] {
    const own = (column: string, condition: string) =>
      `${column} IN (SELECT ${column} FROM row WHERE id IN (SELECT value FROM json_each(:ids)) AND ${condition})`
    const same = `${own('tcsPersonId', 'tcsPersonId IS NOT NULL')} OR ${own('gmcReferenceNumber', 'number IS NOT NULL')}`
    const sql = LIST_NAMES.map((list) => `SELECT id FROM ${list} WHERE ${same}`).join(' UNION ')
    return this.#database
      .prepare(sql)
      .all({ ids: JSON.stringify(ids) })
      .map(({ id }) => String(id))
  }

  #insert(list: ListName, condition: string, values: Record<string, string | number>): number {
    const sql = intoTable(list, condition)
    return Number(this.#database.prepare(sql).run({ ...values, ...parametersOf(sql, this.#day) }).changes)
  }
}

export function countTables(database: DatabaseSync): ListCounts {
  const sql = `SELECT ${LIST_NAMES.map((list) => `(SELECT count(*) FROM ${list}) AS ${list}`).join(', ')}`
  const counted = database.prepare(sql).get() ?? {}
  return byList((list) => Number(counted[list]))
}

/** The rows of a table in the order of their ids, one at a time; only those with these ids, if there are any given. */
export function* tableRowsIn(database: DatabaseSync, list: ListName, ids?: readonly string[]): Generator<TableRow> {
  const fields = columnsIn(database, list) as readonly Field[]
  const chosen = ids === undefined ? '' : 'WHERE id IN (SELECT value FROM json_each(?))'
  const statement = database.prepare(`SELECT id, ${fields.join(', ')} FROM ${list} ${chosen} ORDER BY id`)
  statement.setReturnArrays(true)
  const bound = ids === undefined ? [] : [JSON.stringify(ids)]
  // The columns of the statement, as arrays.
  const found = statement.iterate(...bound) as Iterable<unknown> as Iterable<[string, ...(string | number | null)[]]>
  for (const [id, ...values] of found) yield { id, document: documentOf(fields, values) }
}

/** The documents of a table in the order of their rows' ids. */
export function* tableDocumentsIn(database: DatabaseSync, list: ListName): Generator<IndexDocument> {
  for (const { document } of tableRowsIn(database, list)) yield document
}
