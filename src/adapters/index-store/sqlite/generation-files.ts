import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import { makeDirectory, removeUnlessInUse } from '../../directories.ts'
import { openDatabase, sqliteError } from '../../sqlite/database.ts'
import { GENERATION_LAYOUT, GENERATION_SCHEMA, showNewFields } from './schema.ts'

// Measured: the log may grow to 64 MB before it is moved into the file. Pages that many batches change are then moved
// once, and reading through the log costs little; twice as much gains nothing more.
const LOG_PAGES = 16_000
const CACHE_KIB = 64 * 1024

/** SQLite's own files beside a file. */
const SIDE_FILES = ['-wal', '-shm']

/** The files of the generations, one each, so that dropping one is deleting a file and filling one slows no reader. */
export class GenerationFiles {
  readonly #folder: string
  readonly #maxPages: number | null

  constructor(directory: string, { maxPages }: { maxPages: number | null }) {
    this.#folder = join(directory, 'generations')
    this.#maxPages = maxPages
  }

  /** Ids may contain what a file name may not. */
  path(id: GenerationId): string {
    return join(this.#folder, `${encodeURIComponent(id)}.sqlite`)
  }

  /** Makes an empty file and opens it, in place of one that was left behind before it was registered. */
  create(id: GenerationId): DatabaseSync {
    makeDirectory(this.#folder)
    this.remove(id)
    return this.#open(id)
  }

  /** Opens a file for writing. Throws DATA_DIR_UNUSABLE where it is missing. */
  open(id: GenerationId): DatabaseSync {
    if (existsSync(this.path(id))) return this.#open(id)
    throw new RevalError('DATA_DIR_UNUSABLE', `${this.path(id)} is missing`, { details: { generation: id } })
  }

  /** Opens a file for reading and holds on to what it is at this moment, until it is closed. */
  openSnapshot(id: GenerationId): DatabaseSync {
    const database = openDatabase(this.path(id), {
      code: 'STORE_FAILED',
      version: GENERATION_LAYOUT,
      schema: GENERATION_SCHEMA,
      readOnly: true,
      // The transaction begins with the first reading.
      pragmas: 'BEGIN; SELECT seq FROM progress',
    })
    try {
      showNewFields(database)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  }

  /**
   * Reads the file to its end: 0.7 s for a GB. Throws GENERATION_UNREADABLE where it was removed, truncated or overwritten
   * since it was filled.
   */
  assertWhole(id: GenerationId): void {
    const path = this.path(id)
    try {
      const fault = existsSync(path) ? this.#faultIn(id) : 'the file is missing'
      if (fault === null) return
      throw new RevalError('GENERATION_UNREADABLE', `generation ${id} is damaged: ${path}: ${fault}`)
    } catch (error) {
      const coded = sqliteError(error, 'GENERATION_UNREADABLE', path)
      // A file that is locked for a moment may be whole.
      if (coded.transient || coded.code === 'GENERATION_UNREADABLE') throw coded
      const what = `generation ${id} is damaged: ${coded.message}`
      throw new RevalError('GENERATION_UNREADABLE', what, { cause: error })
    }
  }

  #faultIn(id: GenerationId): string | null {
    const database = this.openSnapshot(id)
    try {
      const found = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
      return found === 'ok' ? null : String(found)
    } finally {
      database.close()
    }
  }

  /** Removes a file. A reader that has it open goes on reading; where the system forbids that, `tidy` removes it. */
  remove(id: GenerationId): void {
    // The file before its log: a reader never finds a file whose log is gone, unless that was moved into it.
    for (const suffix of ['', ...SIDE_FILES]) removeUnlessInUse(this.path(id) + suffix)
  }

  /** Removes the files of generations that are not among these: what a crash or a reader left behind. */
  tidy(registered: readonly GenerationId[]): void {
    if (!existsSync(this.#folder)) return
    const kept = new Set(registered.flatMap((id) => ['', ...SIDE_FILES].map((suffix) => this.path(id) + suffix)))
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name)
      if (!kept.has(path)) removeUnlessInUse(path)
    }
  }

  #open(id: GenerationId): DatabaseSync {
    const limit = this.#maxPages === null ? '' : `; PRAGMA max_page_count = ${this.#maxPages}`
    return openDatabase(this.path(id), {
      code: 'STORE_FAILED',
      version: GENERATION_LAYOUT,
      schema: GENERATION_SCHEMA,
      pragmas: `PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${LOG_PAGES}${limit}`,
    })
  }
}
