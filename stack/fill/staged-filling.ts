import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { sqliteError } from '../../src/adapters/sqlite/database.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import type {
  FilledRow,
  IntegrityViolation,
  SourceFilling,
  SourceTable,
  SourceTables,
} from '../../src/ports/source-filling.ts'

/** Rows of one insert. */
const ROWS_AT_ONCE = 1_000

/** The rows of a filling, in the order in which they were added and as many at a time as one insert takes. */
export interface StagedRows {
  of<T extends SourceTable>(table: T): Iterable<readonly SourceTables[T][]>
}

export interface StagedFillingOptions {
  /** Validates the rules between rows; never committed. */
  readonly checking: SourceFilling
  /** A folder of this filling alone. */
  readonly folder: string
  /** Replaces the rows on the servers. */
  readonly copy: (rows: StagedRows) => Promise<void>
  /** Releases what the filling holds, and removes the folder. */
  close(): Promise<void>
}

/**
 * A filling that collects its rows in a file and copies them to the servers when it is committed. Two rows of one key
 * are named by `violations`, as ever; where they are committed all the same, the servers refuse them.
 */
export class StagedFilling implements SourceFilling {
  readonly #options: StagedFillingOptions
  readonly #file: DatabaseSync
  /** Whether it ended, or failed and lacks what it was given. */
  #isOver = false

  constructor(options: StagedFillingOptions) {
    this.#options = options
    this.#file = new DatabaseSync(join(options.folder, 'rows'))
    this.#file.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;
      CREATE TABLE part (name TEXT, rows TEXT); CREATE INDEX part_name ON part (name)`)
  }

  add<T extends SourceTable>(table: T, rows: readonly FilledRow<T>[]): Promise<void> {
    return this.#attempt(async () => {
      await this.#options.checking.add(table, rows)
      const insert = this.#file.prepare('INSERT INTO part VALUES (?, ?)')
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        const part = rows.slice(from, from + ROWS_AT_ONCE).map(({ values }) => values)
        insert.run(table, JSON.stringify(part))
      }
    })
  }

  violations(): AsyncIterable<IntegrityViolation> {
    return this.#options.checking.violations()
  }

  async commit(): Promise<void> {
    await this.#attempt(() => this.#options.copy({ of: (table) => this.#rowsOf(table) }))
    await this.abandon()
  }

  async abandon(): Promise<void> {
    this.#isOver = true
    if (!this.#file.isOpen) return
    this.#file.close()
    await this.#options.checking.abandon()
    await this.#options.close()
  }

  *#rowsOf<T extends SourceTable>(table: T): Generator<readonly SourceTables[T][]> {
    const parts = this.#file.prepare('SELECT rows FROM part WHERE name = ? ORDER BY rowid').iterate(table)
    // What is kept under the name of a table was added to it.
    for (const { rows } of parts) yield JSON.parse(String(rows)) as SourceTables[T][]
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    if (this.#isOver)
      throw new RevalError('SOURCE_FAILED', 'this filling of the sources has ended or has already failed')
    this.#isOver = true
    try {
      await action()
    } catch (error) {
      throw sqliteError(error, 'SOURCE_FAILED', this.#options.folder)
    }
    this.#isOver = false
  }
}
