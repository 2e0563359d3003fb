import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RowId } from '../../../domain/row.ts'
import { LISTED_COLUMNS, listedValuesOf, programmeValuesOf } from './listed-schema.ts'
import { documentOf, type StorableRow, type StoredValue } from './row-values.ts'
import type { Rows } from './rows.ts'

/** Rows per INSERT statement: fewer calls of the engine. More gain nothing. */
const ROWS_A_STATEMENT = 8

/** Writes what lists are read from, in the caller's transactions. */
export class Listed {
  readonly #insertOne: StatementSync
  readonly #insertSome: StatementSync
  readonly #replace: StatementSync
  readonly #idOf: StatementSync
  readonly #putProgramme: StatementSync
  readonly #programmes = new Map<string, number>()

  constructor(database: DatabaseSync) {
    this.#insertOne = database.prepare(`INSERT ${into(1)}`)
    this.#insertSome = database.prepare(`INSERT ${into(ROWS_A_STATEMENT)}`)
    this.#replace = database.prepare(`INSERT OR REPLACE ${into(1)}`)
    this.#idOf = database.prepare('SELECT id FROM row WHERE key = ?')
    this.#putProgramme = database.prepare(`INSERT INTO programme (name, words, sort) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET words = excluded.words, sort = excluded.sort RETURNING id`)
  }

  /** The rows, with what lists are read from written together with each; a trigger deletes it. */
  around(rows: Rows): Rows {
    return {
      ...rows,
      insert: (first, ids, some) => {
        rows.insert(first, ids, some)
        this.#insert(some.map((row, at) => this.#valuesOf(first + at, ids[at] ?? '', row)))
      },
      replace: (version, row) => {
        rows.replace(version, row)
        this.#replace.run(...this.#valuesOf(version.key, String(this.#idOf.get(version.key)?.id), row))
      },
    }
  }

  /** The programmes are not as they were remembered: a transaction that added some was undone, or another program may have changed them. */
  forget(): void {
    this.#programmes.clear()
  }

  #insert(rows: readonly StoredValue[][]): void {
    const inGroups = rows.length - (rows.length % ROWS_A_STATEMENT)
    for (let at = 0; at < inGroups; at += ROWS_A_STATEMENT) {
      this.#insertSome.run(...rows.slice(at, at + ROWS_A_STATEMENT).flat())
    }
    for (const values of rows.slice(inGroups)) this.#insertOne.run(...values)
  }

  #valuesOf(key: number, id: RowId, [, ...fieldsAndParts]: StorableRow): StoredValue[] {
    const document = documentOf(fieldsAndParts)
    return listedValuesOf(key, id, document, this.#programmeOf(document.programmeName))
  }

  /** The number of a programme, which is mended if another program changed it. One that no row has any more stays. */
  #programmeOf(name: string | null): number | null {
    if (name === null) return null
    const known = this.#programmes.get(name)
    if (known !== undefined) return known
    const id = Number(this.#putProgramme.get(name, ...programmeValuesOf(name))?.id)
    this.#programmes.set(name, id)
    return id
  }
}

function into(rows: number): string {
  const values = `(${LISTED_COLUMNS.map(() => '?').join(', ')})`
  return `INTO listed (${LISTED_COLUMNS.join(', ')}) VALUES ${new Array(rows).fill(values).join(', ')}`
}
