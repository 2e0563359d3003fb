import { statSync } from 'node:fs'
import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import type { Day } from '../../../domain/day.ts'
import type { ListQuery, SuggestQuery } from '../../../domain/list-query.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import type { ListCounts, PagePlace } from '../../../ports/list-reader.ts'
import { Catalogue } from '../../index-store/sqlite/catalogue.ts'
import { GenerationFiles } from '../../index-store/sqlite/generation-files.ts'
import { HAS_LISTS } from '../../index-store/sqlite/list-columns.ts'
import type { StoredValues } from '../../index-store/sqlite/row-values.ts'
import { GENERATION_LAYOUT } from '../../index-store/sqlite/schema.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { ListFile, type PackedPage } from './list-file.ts'

/** Enough for the live generation and the one before or after it. */
const OPEN_FILES = 2

interface OpenFile {
  readonly lists: ListFile
  /** Identifies the open file, because another one may replace it. */
  readonly inode: number
}

/** The lists in the files of a data directory: a synchronous version of the port. */
export class ListFiles {
  readonly #catalogue: Catalogue
  readonly #files: GenerationFiles
  readonly #open = new Map<GenerationId, OpenFile>()

  constructor(directory: string) {
    this.#catalogue = new Catalogue(directory, { readOnly: true })
    this.#files = new GenerationFiles(directory, { maxPages: null })
  }

  page(generation: GenerationId, query: ListQuery, today: Day, place: PagePlace): PackedPage {
    return this.#read(generation, (lists) => lists.page(query, today, place))
  }

  counts(generation: GenerationId, query: ListQuery, today: Day): ListCounts {
    return this.#read(generation, (lists) => lists.counts(query, today))
  }

  keys(generation: GenerationId, query: ListQuery, today: Day): readonly number[] {
    return this.#read(generation, (lists) => lists.keys(query, today))
  }

  rows(generation: GenerationId, keys: readonly number[]): readonly StoredValues[] {
    return this.#read(generation, (lists) => lists.rows(keys))
  }

  suggest(generation: GenerationId, query: SuggestQuery, today: Day): readonly string[] {
    return this.#read(generation, (lists) => lists.suggest(query, today))
  }

  ping(): void {
    this.#coded(this.#catalogue.path, () => this.#catalogue.generations())
  }

  close(): void {
    for (const id of this.#open.keys()) this.#close(id)
    this.#catalogue.close()
  }

  #read<T>(id: GenerationId, read: (lists: ListFile) => T): T {
    this.#assertCurrent(id)
    try {
      return this.#coded(this.#files.path(id), () => read(this.#listsOf(id)))
    } catch (error) {
      this.#close(id)
      // It may have been dropped meanwhile.
      this.#assertCurrent(id)
      throw error
    }
  }

  #listsOf(id: GenerationId): ListFile {
    const inode = statSync(this.#files.path(id), { throwIfNoEntry: false })?.ino ?? 0
    const known = this.#open.get(id)
    if (known?.inode === inode) return known.lists
    this.#close(id)
    const [oldest] = this.#open.keys()
    if (oldest !== undefined && this.#open.size >= OPEN_FILES) this.#close(oldest)
    const layout = this.#files.factsOf(id)?.layout ?? null
    if (layout !== null && layout !== GENERATION_LAYOUT) {
      throw otherVersion(id, `has layout ${layout}; this process uses ${GENERATION_LAYOUT}`)
    }
    const database = this.#files.openReader(id)
    if (database.prepare(HAS_LISTS).get() === undefined) {
      database.close()
      throw otherVersion(id, 'has no list keys')
    }
    const lists = new ListFile(database)
    this.#open.set(id, { lists, inode })
    return lists
  }

  /** Throws GENERATION_UNKNOWN, GENERATION_VERSION. */
  #assertCurrent(id: GenerationId): void {
    const { assembleVersion } = this.#coded(this.#catalogue.path, () => this.#catalogue.generation(id))
    if (assembleVersion === ASSEMBLE_VERSION) return
    throw otherVersion(id, `was written with rules version ${assembleVersion}; this process uses ${ASSEMBLE_VERSION}`)
  }

  #close(id: GenerationId): void {
    const known = this.#open.get(id)
    this.#open.delete(id)
    known?.lists.close()
  }

  #coded<T>(path: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', path)
    }
  }
}

function otherVersion(generation: GenerationId, what: string): RevalError {
  return new RevalError('GENERATION_VERSION', `generation ${generation} ${what}`, { details: { generation } })
}
