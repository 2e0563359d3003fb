import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Day } from '../../../domain/day.ts'
import { suggestedOf } from '../../../domain/list-matching.ts'
import type { ListQuery, SuggestedField, SuggestQuery } from '../../../domain/list-query.ts'
import type { ListCounts, PagePlace } from '../../../ports/list-reader.ts'
import { keyColumn } from '../../index-store/sqlite/list-columns.ts'
import { READ_COLUMNS, type StoredValues } from '../../index-store/sqlite/row-values.ts'
import { inScope, matching, type Condition } from './conditions.ts'
import { partsOf } from './order.ts'

/** Rows of a page on their way to the other thread. */
export interface PackedPage {
  readonly rows: readonly StoredValues[]
  readonly total: number
}

/** The most statements, and the most counts, that are cached. */
const KEPT = 200

/** The lists in the open file of a generation. Each call reads one state of it. */
export class ListFile {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #counts = new Map<string, readonly number[]>()
  /** The number of the last write that the cached counts include. */
  #countedUpTo = -1

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  page(query: ListQuery, today: Day, { offset, size }: PagePlace): PackedPage {
    return this.#snapshot(() => {
      const where = matching(query, today)
      const [total = 0] = this.#count(['count(*)'], where)
      const keys = offset >= total ? [] : this.#keysFrom(where, query, offset, size)
      return { rows: this.#rows(keys), total }
    })
  }

  counts({ list, ...scope }: ListQuery, today: Day): ListCounts {
    return this.#snapshot(() => {
      const underNotice = `count(*) FILTER (WHERE underNotice = 'YES')`
      const [total = 0, noticed = 0] = this.#count(['count(*)', underNotice], inScope(list, scope, today))
      return { total, underNotice: noticed }
    })
  }

  /** The keys of all rows of a list, in order. */
  keys(query: ListQuery, today: Day): readonly number[] {
    return this.#snapshot(() => {
      const where = matching(query, today)
      return partsOf(query.order).flatMap((part) => this.#keys(where, part, 0, -1))
    })
  }

  /** The rows of these keys, in the same order. Rows deleted since are absent. */
  rows(keys: readonly number[]): readonly StoredValues[] {
    return this.#snapshot(() => this.#rows(keys))
  }

  suggest(query: SuggestQuery, today: Day): readonly string[] {
    return this.#snapshot(() => {
      const { sql, values } = inScope('doctors', query, today)
      const counted = this.#prepared(suggestedIn(query.field, sql)).all(...values)
      // The columns of the statement, as arrays.
      return suggestedOf(counted as unknown as [string, number][], query)
    })
  }

  close(): void {
    this.#database.close()
  }

  /** A page may begin among the rows with a value in the column of the order, or after them. */
  #keysFrom(where: Condition, { order }: ListQuery, offset: number, size: number): readonly number[] {
    const keys: number[] = []
    let left = offset
    for (const part of partsOf(order)) {
      const found = this.#keys(where, part, left, size - keys.length)
      keys.push(...found)
      if (keys.length === size) break
      // All that follow are in the next part.
      left = found.length > 0 ? 0 : Math.max(0, left - (this.#count(['count(*)'], both(where, part.where))[0] ?? 0))
    }
    return keys
  }

  #keys(where: Condition, part: { where: string; orderBy: string }, offset: number, limit: number): readonly number[] {
    const sql = `SELECT key FROM row WHERE ${both(where, part.where).sql} ORDER BY ${part.orderBy} LIMIT ? OFFSET ?`
    // The column of the statement, as arrays.
    const found = this.#prepared(sql).all(...where.values, limit, offset) as unknown as [number][]
    return found.map(([key]) => key)
  }

  #rows(keys: readonly number[]): readonly StoredValues[] {
    if (keys.length === 0) return []
    const sql = `SELECT key, ${READ_COLUMNS.join(', ')} FROM row WHERE key IN (SELECT value FROM json_each(?))`
    // The columns of the statement, as arrays.
    const found = this.#prepared(sql).all(JSON.stringify(keys)) as unknown as [number, ...StoredValues][]
    const byKey = new Map(found.map(([key, ...values]) => [key, values]))
    return keys.flatMap((key) => {
      const values = byKey.get(key)
      return values === undefined ? [] : [values]
    })
  }

  /** Counts are cached until the next write, because people read several pages of one list. */
  #count(what: readonly string[], { sql, values }: Condition): readonly number[] {
    const counted = `SELECT ${what.join(', ')} FROM row WHERE ${sql}`
    const key = JSON.stringify([counted, values])
    const known = this.#counts.get(key)
    if (known !== undefined) return known
    // One row of numbers, as an array.
    const counts = this.#prepared(counted).get(...values) as unknown as number[]
    if (this.#counts.size >= KEPT) this.#counts.clear()
    this.#counts.set(key, counts)
    return counts
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    statement.setReturnArrays(true)
    if (this.#statements.size >= KEPT) this.#statements.clear()
    this.#statements.set(sql, statement)
    return statement
  }

  #snapshot<T>(read: () => T): T {
    this.#database.exec('BEGIN')
    try {
      // One row of one number, as an array.
      const [seq = 0] = this.#prepared('SELECT seq FROM progress').get() as unknown as [number?]
      if (seq !== this.#countedUpTo) this.#counts.clear()
      this.#countedUpTo = seq
      return read()
    } finally {
      this.#database.exec('ROLLBACK')
    }
  }
}

/** The values of a field in the rows that meet a condition, each with its number of rows. */
function suggestedIn(field: SuggestedField, where: string): string {
  const key = keyColumn(field)
  return `SELECT text, rows FROM shared JOIN
    (SELECT ${key} AS of, count(*) AS rows FROM row WHERE ${where} AND ${key} IS NOT NULL GROUP BY ${key}) AS counted
    ON counted.of = shared.key`
}

function both({ sql, values }: Condition, other: string): Condition {
  return { sql: `${sql} AND ${other}`, values }
}
