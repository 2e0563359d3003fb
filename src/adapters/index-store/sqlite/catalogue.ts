import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { INDEX_NAMES } from '../../../domain/lists.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Generation, GenerationId, LiveAliases } from '../../../ports/index-store.ts'
import { inTransaction, openDatabase } from '../../sqlite/database.ts'

const LAYOUT = 1

const SCHEMA = `
  CREATE TABLE generation (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, createdAt INTEGER NOT NULL, assembleVersion INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE name (name TEXT PRIMARY KEY, generation TEXT NOT NULL REFERENCES generation (id)) STRICT, WITHOUT ROWID;
`

/**
 * The generations, and the one that the aliases point to: one file, so that all five aliases move in one transaction.
 * Each call reads the file, since another process may write it.
 */
export class Catalogue {
  readonly #path: string
  readonly #readOnly: boolean
  #database: DatabaseSync | null = null

  /** A reader may open it before the first writer: there are no generations yet. */
  constructor(directory: string, { readOnly }: { readOnly: boolean }) {
    this.#path = join(directory, 'index.sqlite')
    this.#readOnly = readOnly
    this.#open()
  }

  get path(): string {
    return this.#path
  }

  /** All generations, oldest first. */
  generations(): Generation[] {
    return this.#all('SELECT id, createdAt, assembleVersion FROM generation ORDER BY createdAt, position').map(
      generationOf,
    )
  }

  /** Throws GENERATION_UNKNOWN. */
  generation(id: GenerationId): Generation {
    const [found] = this.#all('SELECT id, createdAt, assembleVersion FROM generation WHERE id = ?', id)
    if (found !== undefined) return generationOf(found)
    throw new RevalError('GENERATION_UNKNOWN', `no such generation: ${id}`, { details: { generation: id } })
  }

  has(id: GenerationId): boolean {
    return this.#all('SELECT 1 FROM generation WHERE id = ?', id).length > 0
  }

  /** Whether all five aliases point to it. */
  isLive(id: GenerationId): boolean {
    return this.#all('SELECT name FROM name WHERE generation = ?', id).length === INDEX_NAMES.length
  }

  add({ id, createdAt, assembleVersion }: Generation): void {
    this.#writable()
      .prepare('INSERT INTO generation (id, createdAt, assembleVersion) VALUES (?, ?, ?)')
      .run(id, createdAt, assembleVersion)
  }

  /** Removes a generation, if it exists. Throws STORE_FAILED if an alias points to it. */
  remove(id: GenerationId): void {
    inTransaction(this.#writable(), (database) => {
      const alias = database.prepare('SELECT name FROM name WHERE generation = ?').get(id)
      if (alias !== undefined) {
        const what = `generation ${id} is live and cannot be dropped`
        throw new RevalError('STORE_FAILED', what, { details: { generation: id } })
      }
      database.prepare('DELETE FROM generation WHERE id = ?').run(id)
    })
  }

  /** Moves all aliases from one generation to another in one transaction. Throws GENERATION_UNKNOWN, ALIASES_MOVED. */
  promote(to: GenerationId, from: GenerationId | null): void {
    inTransaction(this.#writable(), (database) => {
      this.generation(to)
      for (const { name, generation } of database.prepare('SELECT name, generation FROM name').all()) {
        if (generation === from || generation === to) continue
        const what = `${String(name)} points to ${String(generation)}, not ${from ?? 'nothing'}`
        throw new RevalError('ALIASES_MOVED', what, { details: { generation: to } })
      }
      const move = database.prepare('INSERT OR REPLACE INTO name VALUES (?, ?)')
      for (const name of INDEX_NAMES) move.run(name, to)
    })
  }

  /** Null before the first promotion. */
  liveAliases(): LiveAliases | null {
    const found = this.#all('SELECT name, generation FROM name')
    if (found.length === 0) return null
    const live = new Map(found.map(({ name, generation }) => [String(name), String(generation)]))
    const missing = INDEX_NAMES.find((name) => !live.has(name))
    if (missing !== undefined) {
      throw new RevalError('STORE_FAILED', `${this.#path}: alias ${missing} is missing`)
    }
    // Every alias is there.
    return Object.fromEntries(live) as LiveAliases
  }

  close(): void {
    if (this.#database?.isOpen === true) this.#database.close()
  }

  #all(sql: string, ...values: string[]): Record<string, SQLOutputValue>[] {
    return (
      this.#open()
        ?.prepare(sql)
        .all(...values) ?? []
    )
  }

  #writable(): DatabaseSync {
    const database = this.#open()
    if (database !== null && !this.#readOnly) return database
    throw new RevalError('STORE_FAILED', `${this.#path} is open read-only`)
  }

  #open(): DatabaseSync | null {
    if (this.#database !== null) return this.#database
    if (this.#readOnly && !existsSync(this.#path)) return null
    const database = openDatabase(this.#path, {
      code: 'STORE_FAILED',
      version: LAYOUT,
      schema: SCHEMA,
      readOnly: this.#readOnly,
      // A promotion is on the disk before it is reported.
      pragmas: 'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON',
    })
    if (
      this.#readOnly &&
      database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'generation'").get() === undefined
    ) {
      // The writer has created the file, but not its tables yet.
      database.close()
      return null
    }
    this.#database = database
    return database
  }
}

function generationOf({ id, createdAt, assembleVersion }: Record<string, unknown>): Generation {
  return { id: String(id), createdAt: Number(createdAt), assembleVersion: Number(assembleVersion) }
}
