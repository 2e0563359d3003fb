import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Day } from '../../../domain/day.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import { makeDirectory, removeUnlessInUse } from '../../directories.ts'
import { BUSY_TIMEOUT, layoutVersion, openDatabase, sqliteError } from '../../sqlite/database.ts'
import { GENERATION_LAYOUT, GENERATION_SCHEMA, showNewFields } from './schema.ts'
import { areFilled, tableDayOf, tableSchema } from './table-schema.ts'

// Measured: the log may grow to 64 MB before it is moved into the file. Pages that many batches change are then moved
// once, and reading through the log costs little; twice as much gains nothing more.
const LOG_PAGES = 16_000
const CACHE_KIB = 64 * 1024

/** The files that SQLite keeps next to a file. */
export const SIDE_FILES = ['-wal', '-shm']

/** What a file says of itself. */
export interface FileFacts {
  readonly layout: number
  /** Null if the lists are views. */
  readonly tableDay: Day | null
}

/** One file for each generation, so that dropping one deletes a file, and building one does not slow readers. */
export class GenerationFiles {
  readonly #folder: string
  readonly #maxPages: number | null

  constructor(directory: string, { maxPages }: { maxPages: number | null }) {
    this.#folder = join(directory, 'generations')
    this.#maxPages = maxPages
  }

  /** Ids may contain characters that a file name may not. */
  path(id: GenerationId): string {
    return join(this.#folder, `${encodeURIComponent(id)}.sqlite`)
  }

  /** Creates and opens an empty file, with empty tables if there is a day for them, in place of one that was left behind unregistered. */
  create(id: GenerationId, tableDay: Day | null): DatabaseSync {
    makeDirectory(this.#folder)
    this.remove(id)
    return this.#open(id, tableDay === null ? GENERATION_SCHEMA : GENERATION_SCHEMA + tableSchema(tableDay))
  }

  /** Opens a file for writing. Throws DATA_DIR_UNUSABLE if it is missing. */
  open(id: GenerationId): DatabaseSync {
    if (existsSync(this.path(id))) return this.#open(id)
    throw new RevalError('DATA_DIR_UNUSABLE', `${this.path(id)} is missing`, { details: { generation: id } })
  }

  /** Null if it is missing. Throws SQLite's errors. */
  factsOf(id: GenerationId): FileFacts | null {
    if (!existsSync(this.path(id))) return null
    const database = new DatabaseSync(this.path(id), { readOnly: true, timeout: BUSY_TIMEOUT })
    try {
      return { layout: layoutVersion(database), tableDay: tableDayOf(database) }
    } finally {
      database.close()
    }
  }

  /** Opens a file for reading, each statement as of its moment. */
  openReader(id: GenerationId): DatabaseSync {
    return this.#openReader(id, '')
  }

  /** Opens a file for reading, as a snapshot of this moment. */
  openSnapshot(id: GenerationId): DatabaseSync {
    // The transaction begins with the first reading.
    const database = this.#openReader(id, 'BEGIN; SELECT seq FROM progress')
    try {
      showNewFields(database)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  }

  /**
   * Reads the file to its end: 0.7 s for a GB. Throws GENERATION_UNREADABLE if it was removed, truncated or overwritten
   * since it was filled, or if it has tables that are not filled.
   */
  assertWhole(id: GenerationId): void {
    const path = this.path(id)
    try {
      const fault = existsSync(path) ? this.#faultIn(id) : 'the file is missing'
      if (fault === null) return
      throw new RevalError('GENERATION_UNREADABLE', `generation ${id} is damaged: ${path}: ${fault}`)
    } catch (error) {
      const coded = sqliteError(error, 'GENERATION_UNREADABLE', path)
      // A file that is locked for a moment may be intact.
      if (coded.transient || coded.code === 'GENERATION_UNREADABLE') throw coded
      const what = `generation ${id} is damaged: ${coded.message}`
      throw new RevalError('GENERATION_UNREADABLE', what, { cause: error })
    }
  }

  #faultIn(id: GenerationId): string | null {
    const database = this.openSnapshot(id)
    try {
      const found = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
      if (found !== 'ok') return String(found)
      return tableDayOf(database) === null || areFilled(database) ? null : 'its tables are not filled'
    } finally {
      database.close()
    }
  }

  /** Removes a file. A reader that has it open continues; if the system forbids that, `tidy` removes it. */
  remove(id: GenerationId): void {
    // The file before its log: a reader never finds a file without its log, unless that was merged into it.
    for (const suffix of ['', ...SIDE_FILES]) removeUnlessInUse(this.path(id) + suffix)
  }

  /** Removes the files of all other generations: leftovers of a crash or a reader. */
  tidy(registered: readonly GenerationId[]): void {
    if (!existsSync(this.#folder)) return
    const kept = new Set(registered.flatMap((id) => ['', ...SIDE_FILES].map((suffix) => this.path(id) + suffix)))
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name)
      if (!kept.has(path)) removeUnlessInUse(path)
    }
  }

  #openReader(id: GenerationId, pragmas: string): DatabaseSync {
    return openDatabase(this.path(id), {
      code: 'STORE_FAILED',
      version: GENERATION_LAYOUT,
      schema: GENERATION_SCHEMA,
      readOnly: true,
      pragmas,
    })
  }

  #open(id: GenerationId, schema = GENERATION_SCHEMA): DatabaseSync {
    const limit = this.#maxPages === null ? '' : `; PRAGMA max_page_count = ${this.#maxPages}`
    return openDatabase(this.path(id), {
      code: 'STORE_FAILED',
      version: GENERATION_LAYOUT,
      schema,
      pragmas: `PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${LOG_PAGES}${limit}`,
    })
  }
}
