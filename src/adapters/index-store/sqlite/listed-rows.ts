import type { DatabaseSync } from 'node:sqlite'
import type { RowId } from '../../../domain/row.ts'
import { programmeKey } from '../../../domain/search-keys.ts'
import { squashed } from '../../../domain/words.ts'
import {
  boundValues,
  HAS_LISTED,
  LISTED_COLUMNS,
  LISTED_INDEXES,
  LISTED_SCHEMA,
  listedValuesOf,
} from './listed-schema.ts'
import { documentOf, type StorableRow, type StoredValue } from './row-values.ts'
import type { Rows } from './rows.ts'
import { FIELD_COLUMNS } from './schema.ts'

/** The tables that lists are read from; null until they are made. */
export function listedIn(database: DatabaseSync): Listed | null {
  return database.prepare(HAS_LISTED).get() === undefined ? null : new Listed(database)
}

/**
 * Makes the tables from the rows, within the caller's transaction. Words are collected first and put into their table in its order:
 * several times faster than putting each where it belongs.
 */
export function makeListed(database: DatabaseSync): Listed {
  database.exec(`${LISTED_SCHEMA}; CREATE TEMP TABLE found (text TEXT NOT NULL, key INTEGER NOT NULL)`)
  const listed = new Listed(database, { words: 'temp.found', isFilling: true })
  const rows = database.prepare(`SELECT key, id, ${FIELD_COLUMNS.join(', ')} FROM row ORDER BY key`)
  rows.setReturnArrays(true)
  // The columns of the statement, as arrays.
  for (const [key, id, ...fields] of rows.iterate() as Iterable<unknown> as Iterable<
    [number, RowId, ...StoredValue[]]
  >) {
    listed.add(key, id, fields)
  }
  database.exec(`INSERT INTO word SELECT text, key FROM temp.found ORDER BY text, key; DROP TABLE temp.found`)
  database.exec(LISTED_INDEXES)
  return new Listed(database)
}

/** Writes what lists are read from. */
export class Listed {
  readonly #insert
  readonly #insertWord
  readonly #wordsOf
  readonly #delete
  readonly #deleteWord
  readonly #findProgramme
  readonly #addProgramme
  readonly #idOf
  /** Those that were found or added while filling; null afterwards: a transaction may be undone. */
  readonly #programmes: Map<string, number> | null

  constructor(database: DatabaseSync, { words = 'word', isFilling = false } = {}) {
    this.#programmes = isFilling ? new Map() : null
    const columns = LISTED_COLUMNS.map(() => '?').join(', ')
    this.#insert = database.prepare(`INSERT INTO listed (${LISTED_COLUMNS.join(', ')}) VALUES (${columns})`)
    this.#insertWord = database.prepare(`INSERT INTO ${words} (text, key) VALUES (?, ?)`)
    this.#wordsOf = database.prepare('SELECT words FROM listed WHERE key = ?')
    this.#delete = database.prepare('DELETE FROM listed WHERE key = ?')
    this.#deleteWord = database.prepare(`DELETE FROM ${words} WHERE text = ? AND key = ?`)
    this.#findProgramme = database.prepare('SELECT id FROM programme WHERE name = ?')
    this.#addProgramme = database.prepare('INSERT INTO programme (name, words, sort) VALUES (?, ?, ?)')
    this.#idOf = database.prepare('SELECT id FROM row WHERE key = ?')
  }

  /** The rows, with what lists are read from written together with each. */
  around(rows: Rows): Rows {
    const add = (key: number, id: RowId, [, ...fieldsAndParts]: StorableRow) => this.add(key, id, fieldsAndParts)
    return {
      ...rows,
      insert: (first, ids, some) => {
        rows.insert(first, ids, some)
        for (const [at, row] of some.entries()) add(first + at, ids[at] ?? '', row)
      },
      replace: (version, row) => {
        rows.replace(version, row)
        this.#remove(version.key)
        add(version.key, String(this.#idOf.get(version.key)?.id), row)
      },
      delete: (key) => {
        this.#remove(key)
        rows.delete(key)
      },
    }
  }

  /** The values of the `FIELD_COLUMNS`, and maybe others after them. */
  add(key: number, id: RowId, fields: readonly StoredValue[]): void {
    const listed = listedValuesOf(documentOf(fields))
    this.#insert.run(...boundValues(key, id, listed, this.#programmeOf(listed.programmeName)))
    for (const word of listed.words) this.#insertWord.run(word, key)
  }

  #remove(key: number): void {
    const found = this.#wordsOf.get(key)
    if (found === undefined) return
    for (const word of String(found.words).split(' ')) this.#deleteWord.run(word, key)
    this.#delete.run(key)
  }

  #programmeOf(name: string | null): number | null {
    if (name === null) return null
    const known = this.#programmes?.get(name)
    if (known !== undefined) return known
    const found = this.#findProgramme.get(name)?.id
    const id = found ?? this.#addProgramme.run(name, programmeKey(name), squashed(name) || null).lastInsertRowid
    this.#programmes?.set(name, Number(id))
    return Number(id)
  }
}
