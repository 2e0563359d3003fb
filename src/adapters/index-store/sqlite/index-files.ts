import type { DatabaseSync } from 'node:sqlite'
import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import type { Day } from '../../../domain/day.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { IndexDocument, IndexName, ListName } from '../../../domain/lists.ts'
import type { GenerationCounts } from '../../../domain/profile.ts'
import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Generation, GenerationId, ListCounts, LiveAliases, TableRow } from '../../../ports/index-store.ts'
import { sqliteCode, sqliteError } from '../../sqlite/database.ts'
import { Catalogue } from './catalogue.ts'
import { GenerationFiles, type FileFacts } from './generation-files.ts'
import { GenerationWriter } from './generation-writer.ts'
import { countRows, documentsOf, rowsOf } from './index-reader.ts'
import type { PackedOutcomes, PackedRow, PackedWrites } from './packed.ts'
import { GENERATION_LAYOUT } from './schema.ts'
import { profileRows, type PackedProfile } from './profile-rows.ts'
import type { StoredValues } from './row-values.ts'
import { rowsIn, type Rows } from './rows.ts'
import { tableDayOf } from './table-schema.ts'
import { countTables, tableDocumentsIn, tableRowsIn, type Filling } from './tables.ts'

export interface IndexFilesOptions {
  readonly directory: string
  readonly readOnly: boolean
  readonly maxPages: number | null
}

/** The index store as files: the port, synchronous, with coded errors. */
export class IndexFiles {
  readonly #readOnly: boolean
  readonly #catalogue: Catalogue
  readonly #files: GenerationFiles
  readonly #writers = new Map<GenerationId, GenerationWriter>()
  /** Never change; ids are never reused. */
  readonly #facts = new Map<GenerationId, FileFacts>()

  constructor({ directory, readOnly, maxPages }: IndexFilesOptions) {
    this.#readOnly = readOnly
    this.#catalogue = new Catalogue(directory, { readOnly })
    this.#files = new GenerationFiles(directory, { maxPages })
    if (!readOnly) this.#files.tidy(this.#catalogue.generations().map(({ id }) => id))
  }

  createGeneration(generation: Omit<Generation, 'otherLayout' | 'java'>): void {
    const { id } = generation
    this.#assertWritable(id)
    if (this.#coded(this.#catalogue.path, () => this.#catalogue.has(id))) {
      throw new RevalError('GENERATION_EXISTS', `generation ${id} already exists`, { details: { generation: id } })
    }
    const writer = this.#coded(this.#files.path(id), () => {
      return new GenerationWriter(this.#files.create(id, generation.tableDay ?? null))
    })
    try {
      // Registered last: an unregistered file is removed at the next opening.
      this.#coded(this.#catalogue.path, () => this.#catalogue.add(generation))
    } catch (error) {
      writer.close()
      this.#files.remove(id)
      throw error
    }
    // A generation with other rules cannot be written; the first write rejects.
    if (generation.assembleVersion === ASSEMBLE_VERSION) this.#writers.set(id, writer)
    else writer.close()
  }

  generations(): readonly Generation[] {
    const generations = this.#coded(this.#catalogue.path, () => this.#catalogue.generations())
    return generations.map((generation) => {
      const { layout, tableDay } = this.#factsOf(generation.id)
      return {
        ...generation,
        ...(layout === GENERATION_LAYOUT ? {} : { otherLayout: layout }),
        ...(tableDay === null ? {} : { tableDay }),
      }
    })
  }

  dropGeneration(id: GenerationId): void {
    this.#assertWritable(id)
    const unregister = () => this.#coded(this.#catalogue.path, () => this.#catalogue.remove(id))
    try {
      unregister()
    } catch (error) {
      const isFull = error instanceof RevalError && error.code === 'DISK_FULL'
      if (!isFull || this.#catalogue.isLive(id)) throw error
      // The file itself may be what fills the disk.
      this.#removeFile(id)
      unregister()
    }
    this.#removeFile(id)
  }

  #removeFile(id: GenerationId): void {
    this.#writers.get(id)?.close()
    this.#writers.delete(id)
    this.#coded(this.#files.path(id), () => this.#files.remove(id))
  }

  write(generation: GenerationId, writes: PackedWrites): PackedOutcomes {
    return this.#coded(this.#files.path(generation), () => this.#writer(generation).write(writes))
  }

  get(generation: GenerationId, ids: readonly RowId[]): readonly PackedRow[] {
    return this.#readRows(generation, (rows) => rows.get(ids))
  }

  findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): readonly PackedRow[] {
    return this.#readRows(generation, (rows) => rows.findByNumbers(numbers))
  }

  makeVisible(generation: GenerationId): void {
    this.#coded(this.#files.path(generation), () => this.#writer(generation).makeVisible())
  }

  makeReadable(generation: GenerationId): void {
    this.#coded(this.#files.path(generation), () => this.#writer(generation).makeReadable())
  }

  /** Whether there are tables. Then call `fillAfter` until no row is left, and `finishFilling`. */
  emptyTables(generation: GenerationId): boolean {
    return this.#coded(this.#files.path(generation), () => this.#writer(generation).emptyTables())
  }

  fillAfter(generation: GenerationId, key: number): Filling {
    return this.#coded(this.#files.path(generation), () => this.#writer(generation).fillAfter(key))
  }

  finishFilling(generation: GenerationId): void {
    this.#coded(this.#files.path(generation), () => this.#writer(generation).finishFilling())
  }

  mendTables(generation: GenerationId, ids: readonly string[]): void {
    this.#coded(this.#files.path(generation), () => this.#writer(generation).mendTables(ids))
  }

  countTables(generation: GenerationId): ListCounts | null {
    return this.#withSnapshot(generation, (database) => (tableDayOf(database) === null ? null : countTables(database)))
  }

  tableRowsOf(generation: GenerationId, list: ListName, ids: readonly string[]): readonly TableRow[] {
    return this.#withSnapshot(generation, (database) => {
      assertTables(generation, database)
      return [...tableRowsIn(database, list, ids)]
    })
  }

  /** The rows of a table, one at a time; the file is open from the first to the last. */
  *tableRows(generation: GenerationId, list: ListName): Generator<TableRow> {
    const { database } = this.#openSnapshot(generation, list)
    try {
      assertTables(generation, database)
      yield* tableRowsIn(database, list)
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', this.#files.path(generation))
    } finally {
      database.close()
    }
  }

  count(generation: GenerationId, today: Day): GenerationCounts {
    return this.#withSnapshot(generation, (database) => countRows(database, today))
  }

  profile(generation: GenerationId, today: Day): PackedProfile {
    return this.#withSnapshot(generation, (database) => profileRows(database, today))
  }

  /** The documents of an index, one at a time; the file is open from the first to the last. */
  *documents(from: GenerationId | 'live', index: IndexName, today: Day): Generator<IndexDocument> {
    const { id, database } = this.#openSnapshot(from, index)
    try {
      const isTable = from === 'live' && index !== 'masterdoctorindex' && tableDayOf(database) !== null
      yield* isTable ? tableDocumentsIn(database, index) : documentsOf(database, index, today)
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', this.#files.path(id))
    } finally {
      database.close()
    }
  }

  /** The rows of a generation, one at a time; the file is open from the first to the last. */
  *rows(generation: GenerationId): Generator<StoredValues> {
    const { database } = this.#openSnapshot(generation, 'masterdoctorindex')
    try {
      const { assembleVersion } = this.#catalogue.generation(generation)
      yield* rowsOf(database, { checksKeys: isOfThisVersion(assembleVersion, this.#factsOf(generation).layout) })
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', this.#files.path(generation))
    } finally {
      database.close()
    }
  }

  promote(to: GenerationId, from: GenerationId | null): void {
    this.#assertWritable(to)
    // An unregistered generation is refused below.
    const moves = this.#coded(this.#catalogue.path, () => this.#catalogue.has(to) && !this.#catalogue.isLive(to))
    if (moves) this.#files.assertWhole(to)
    this.#coded(this.#catalogue.path, () => this.#catalogue.promote(to, from))
  }

  liveAliases(): LiveAliases | null {
    return this.#coded(this.#catalogue.path, () => this.#catalogue.liveAliases())
  }

  close(): void {
    for (const writer of this.#writers.values()) writer.close()
    this.#writers.clear()
    this.#catalogue.close()
  }

  #writer(id: GenerationId): GenerationWriter {
    this.#assertWritable(id)
    const open = this.#writers.get(id)
    if (open !== undefined) return open
    const { assembleVersion } = this.#catalogue.generation(id)
    const { layout } = this.#factsOf(id)
    if (!isOfThisVersion(assembleVersion, layout)) {
      const what = `generation ${id} was written with rules version ${assembleVersion} and layout ${layout}`
      const ours = `this process uses ${ASSEMBLE_VERSION} and ${GENERATION_LAYOUT}`
      throw new RevalError('GENERATION_VERSION', `${what}; ${ours}`, { details: { generation: id } })
    }
    const writer = new GenerationWriter(this.#files.open(id))
    this.#writers.set(id, writer)
    return writer
  }

  /** Through the writer, if there is one: it knows the ids that are not indexed yet. */
  #readRows<T>(id: GenerationId, read: (rows: Pick<Rows, 'get' | 'findByNumbers'>) => T): T {
    const writer = this.#writers.get(id)
    if (writer !== undefined) return this.#coded(this.#files.path(id), () => read(writer))
    return this.#withSnapshot(id, (database) => read(rowsIn(database)))
  }

  #withSnapshot<T>(id: GenerationId, read: (database: DatabaseSync) => T): T {
    const { database } = this.#openSnapshot(id, 'masterdoctorindex')
    try {
      return this.#coded(this.#files.path(id), () => read(database))
    } finally {
      database.close()
    }
  }

  /** The alias may move and the file be dropped between the lookup and the opening: then it looks the alias up again. */
  #openSnapshot(from: GenerationId | 'live', index: IndexName): { id: GenerationId; database: DatabaseSync } {
    for (;;) {
      const id = this.#resolve(from, index)
      try {
        return { id, database: this.#files.openSnapshot(id) }
      } catch (error) {
        if (this.#resolve(from, index) === id) throw error
      }
    }
  }

  /** Throws NOTHING_LIVE, GENERATION_UNKNOWN. */
  #resolve(from: GenerationId | 'live', index: IndexName): GenerationId {
    if (from !== 'live') return this.#coded(this.#catalogue.path, () => this.#catalogue.generation(from)).id
    const live = this.liveAliases()
    if (live !== null) return live[index]
    throw new RevalError('NOTHING_LIVE', `${index} is empty: no run has gone live yet`)
  }

  /** Of a file that is missing, damaged or being created nothing is known: whatever opens it will say so. */
  #factsOf(id: GenerationId): FileFacts {
    const known = this.#facts.get(id)
    if (known !== undefined) return known
    const found = this.#foundFacts(id)
    if (found === null || found.layout === 0) return { layout: GENERATION_LAYOUT, tableDay: null }
    this.#facts.set(id, found)
    return found
  }

  #foundFacts(id: GenerationId): FileFacts | null {
    try {
      return this.#files.factsOf(id)
    } catch (error) {
      if (sqliteCode(error) === null) throw error
      return null
    }
  }

  #assertWritable(id: GenerationId): void {
    if (!this.#readOnly) return
    throw new RevalError('STORE_FAILED', `generation ${id} is open read-only`, { details: { generation: id } })
  }

  #coded<T>(path: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw sqliteError(error, 'STORE_FAILED', path)
    }
  }
}

function assertTables(id: GenerationId, database: DatabaseSync): void {
  if (tableDayOf(database) !== null) return
  throw new RevalError('STORE_FAILED', `the lists of generation ${id} are views`, { details: { generation: id } })
}

function isOfThisVersion(assembleVersion: number, layout: number): boolean {
  return assembleVersion === ASSEMBLE_VERSION && layout === GENERATION_LAYOUT
}
