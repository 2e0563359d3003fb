import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import type { Day } from '../../../domain/day.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../../../domain/lists.ts'
import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type {
  Generation,
  GenerationCounts,
  GenerationId,
  IndexStore,
  LiveNames,
  StoredRow,
  StoreWrite,
  WriteOutcome,
} from '../../../ports/index-store.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { Catalogue } from './catalogue.ts'
import { GenerationFiles } from './generation-files.ts'
import { GenerationWriter } from './generation-writer.ts'
import { Identities } from './identities.ts'
import { countRows, documentsOf } from './index-reader.ts'
import { RowReader } from './row-reader.ts'

/** Documents that a reader is given before everything else in the process gets its turn. */
const DOCUMENTS_A_TURN = 500

export interface SqliteIndexStoreOptions {
  readonly directory: string
  readonly readOnly?: boolean
  readonly maxPages?: number
}

/** The generations in files of their own, the names in the catalogue. SQLite is synchronous: so are the answers. */
export class SqliteIndexStore implements IndexStore {
  readonly #readOnly: boolean
  readonly #catalogue: Catalogue
  readonly #files: GenerationFiles
  readonly #writers = new Map<GenerationId, GenerationWriter>()

  constructor({ directory, readOnly = false, maxPages }: SqliteIndexStoreOptions) {
    this.#readOnly = readOnly
    this.#catalogue = new Catalogue(directory, { readOnly })
    this.#files = new GenerationFiles(directory, { maxPages: maxPages ?? null })
    if (!readOnly) this.#files.tidy(this.#catalogue.generations().map(({ id }) => id))
  }

  async createGeneration(generation: Generation): Promise<void> {
    const { id } = generation
    this.#assertWritable(id)
    this.#coded(this.#catalogue.path, () => {
      if (this.#catalogue.has(id)) {
        throw new RevalError('GENERATION_EXISTS', `generation ${id} exists already`, { details: { generation: id } })
      }
    })
    // Registered last: a file that no generation has is removed at the next opening.
    const writer = this.#coded(this.#files.path(id), () => new GenerationWriter(this.#files.create(id)))
    try {
      this.#coded(this.#catalogue.path, () => this.#catalogue.add(generation))
    } catch (error) {
      writer.close()
      this.#files.remove(id)
      throw error
    }
    this.#writers.set(id, writer)
  }

  async generations(): Promise<readonly Generation[]> {
    return this.#coded(this.#catalogue.path, () => this.#catalogue.generations())
  }

  async dropGeneration(id: GenerationId): Promise<void> {
    this.#assertWritable(id)
    this.#coded(this.#catalogue.path, () => this.#catalogue.remove(id))
    this.#writers.get(id)?.close()
    this.#writers.delete(id)
    this.#coded(this.#files.path(id), () => this.#files.remove(id))
  }

  async write(generation: GenerationId, writes: readonly StoreWrite[]): Promise<readonly WriteOutcome[]> {
    return this.#coded(this.#files.path(generation), () => this.#writer(generation).write(writes))
  }

  async get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]> {
    return this.#read(generation, (reader) => reader.get(ids))
  }

  async findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]> {
    return this.#read(generation, (reader) => reader.findByNumbers(numbers))
  }

  async makeVisible(generation: GenerationId): Promise<void> {
    this.#coded(this.#files.path(generation), () => this.#writer(generation).makeVisible())
  }

  async count(generation: GenerationId, today: Day): Promise<GenerationCounts> {
    return this.#withSnapshot(generation, (database) => countRows(database, today))
  }

  async *documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument> {
    const { id, database } = this.#openSnapshot(from, index)
    try {
      let given = 0
      for (const document of documentsOf(database, index, today)) {
        yield document
        given += 1
        if (given % DOCUMENTS_A_TURN === 0) await setImmediate()
      }
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', this.#files.path(id))
    } finally {
      database.close()
    }
  }

  async promote(id: GenerationId): Promise<void> {
    this.#assertWritable(id)
    this.#coded(this.#catalogue.path, () => this.#catalogue.promote(id))
  }

  async liveNames(): Promise<LiveNames | null> {
    return this.#coded(this.#catalogue.path, () => this.#catalogue.liveNames())
  }

  async ping(): Promise<void> {
    this.#coded(this.#catalogue.path, () => this.#catalogue.generations())
  }

  async close(): Promise<void> {
    for (const writer of this.#writers.values()) writer.close()
    this.#writers.clear()
    this.#catalogue.close()
  }

  #writer(id: GenerationId): GenerationWriter {
    this.#assertWritable(id)
    const open = this.#writers.get(id)
    if (open !== undefined) return open
    const { assembleVersion } = this.#catalogue.generation(id)
    if (assembleVersion !== ASSEMBLE_VERSION) {
      throw new RevalError(
        'GENERATION_VERSION',
        `generation ${id} was filled by version ${assembleVersion} of the rules; this one is ${ASSEMBLE_VERSION}`,
        { details: { generation: id } },
      )
    }
    const writer = new GenerationWriter(this.#files.open(id))
    this.#writers.set(id, writer)
    return writer
  }

  #read<T>(id: GenerationId, read: (reader: RowReader) => T): T {
    const writer = this.#writers.get(id)
    if (writer !== undefined) return this.#coded(this.#files.path(id), () => read(writer.reader))
    return this.#withSnapshot(id, (database) => read(new RowReader(database, new Identities(database))))
  }

  #withSnapshot<T>(id: GenerationId, read: (database: DatabaseSync) => T): T {
    const { database } = this.#openSnapshot(id)
    try {
      return this.#coded(this.#files.path(id), () => read(database))
    } finally {
      database.close()
    }
  }

  /** A name may move, and what it showed be dropped, between looking it up and opening the file: then it is asked again. */
  #openSnapshot(from: GenerationId | 'live', index?: IndexName): { id: GenerationId; database: DatabaseSync } {
    for (;;) {
      const id = from === 'live' ? this.#shownBy(index ?? 'masterdoctorindex') : this.#known(from)
      try {
        return { id, database: this.#files.openSnapshot(id) }
      } catch (error) {
        const moved = from === 'live' ? this.#shownBy(index ?? 'masterdoctorindex') !== id : !this.#catalogue.has(id)
        if (!moved) throw error
      }
    }
  }

  #shownBy(index: IndexName): GenerationId {
    const names = this.#coded(this.#catalogue.path, () => this.#catalogue.liveNames())
    if (names !== null) return names[index]
    throw new RevalError('NOTHING_LIVE', `${index} shows nothing yet: no run has gone live`)
  }

  #known(id: GenerationId): GenerationId {
    return this.#coded(this.#catalogue.path, () => this.#catalogue.generation(id)).id
  }

  #assertWritable(id: GenerationId): void {
    if (!this.#readOnly) return
    throw new RevalError('STORE_FAILED', `generation ${id} was opened for reading only`, {
      details: { generation: id },
    })
  }

  #coded<T>(path: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', path)
    }
  }
}
