import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { RowId } from '../../../domain/row.ts'
import { inTransaction } from '../../sqlite/database.ts'
import { writeBatch, type Written } from './batch.ts'
import { LIST_INDEXES } from './list-columns.ts'
import { ListKeys } from './list-keys.ts'
import { GENERATION_INDEXES, HAS_INDEXES } from './schema.ts'
import { unpackWrites, type PackedOutcomes, type PackedRow, type PackedWrites } from './packed.ts'
import { rowsIn, type CurrentRow, type Rows } from './rows.ts'
import { Tables, type Filling } from './tables.ts'
import { UnindexedKeys } from './unindexed-keys.ts'

/** A generation that is open for writing, and for reading recent writes. */
export class GenerationWriter {
  readonly #database: DatabaseSync
  readonly #rows: Rows
  readonly #lists: ListKeys
  readonly #tables: Tables | null
  readonly #seq: StatementSync
  readonly #saveSeq: StatementSync
  /** Null once the generation has its indexes. */
  #unindexed: UnindexedKeys | null
  /** The number of the last write that survives a failure of the machine. */
  #safeUpTo = 0

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#rows = rowsIn(database)
    this.#lists = new ListKeys(database)
    this.#tables = Tables.in(database)
    this.#seq = database.prepare('SELECT seq FROM progress')
    this.#saveSeq = database.prepare('UPDATE progress SET seq = ?')
    this.#unindexed = database.prepare(HAS_INDEXES).get() === undefined ? keysIn(database) : null
  }

  get(ids: readonly RowId[]): PackedRow[] {
    const keys = this.#keysOf(ids)
    return keys === null ? this.#rows.get(ids) : this.#rows.byKeys(keys, ids)
  }

  findByNumbers(numbers: readonly GmcNumber[]): PackedRow[] {
    return this.#rows.findByNumbers(numbers)
  }

  /** Carries the writes out in one transaction, so that what is `written` survives a crash of the process. */
  write(writes: PackedWrites): PackedOutcomes {
    try {
      return inTransaction(this.#database, () => {
        const beside = { lists: this.#lists, versionsOf: (ids: readonly RowId[]) => this.#versionsOf(ids) }
        const written = writeBatch(this.#rows, this.#lastSeq(), writes, beside)
        this.#saveSeq.run(written.seq)
        this.#remember(written)
        // The file itself keeps the tables like the rows that are written.
        const refused = refusedOf(writes, written)
        if (refused.length > 0) this.#tables?.mend(refused)
        return written.outcomes
      })
    } catch (error) {
      this.#lists.forget()
      throw error
    }
  }

  /** Builds the indexes with the first rows, and makes all writes survive a failure of the machine. */
  makeVisible(): void {
    // A run fills a generation before; later writes are few, and may mend what another program changed.
    this.#lists.forget()
    const seq = this.#lastSeq()
    if (seq === this.#safeUpTo) return
    this.#durably(() => {
      this.#saveSeq.run(seq)
      if (this.#unindexed !== null) this.#database.exec(GENERATION_INDEXES)
    })
    this.#unindexed = null
    this.#safeUpTo = seq
    checkpoint(this.#database)
  }

  /** Builds the indexes that lists are read by. */
  makeReadable(): void {
    this.#durably(() => this.#database.exec(LIST_INDEXES))
  }

  /** Whether there are tables; now they are empty. Call `fillAfter` and `finishFilling` next. */
  emptyTables(): boolean {
    this.#tables?.empty()
    return this.#tables !== null
  }

  /** Adds rows that follow this key to the tables. */
  fillAfter(key: number): Filling {
    return this.#tables?.fillAfter(key) ?? { upTo: null, added: 0 }
  }

  finishFilling(): void {
    this.#durably(() => this.#tables?.finish())
    checkpoint(this.#database)
  }

  mendTables(ids: readonly string[]): void {
    inTransaction(this.#database, () => {
      // It counts as a write, so that it is made to survive a failure of the machine.
      if (this.#tables?.mend(ids) === true) this.#saveSeq.run(this.#lastSeq() + 1)
    })
  }

  close(): void {
    this.#database.close()
  }

  #durably<T>(action: () => T): T {
    // With FULL the commit waits until it is on disk, with all earlier commits.
    this.#database.exec('PRAGMA synchronous = FULL')
    try {
      return inTransaction(this.#database, action)
    } finally {
      this.#database.exec('PRAGMA synchronous = NORMAL')
    }
  }

  #lastSeq(): number {
    return Number(this.#seq.get()?.seq)
  }

  #versionsOf(ids: readonly RowId[]): readonly CurrentRow[] {
    const keys = this.#keysOf(ids)
    return keys === null ? this.#rows.versionsOfIds(ids) : this.#rows.versionsOfKeys(keys)
  }

  /** The keys under which rows with these ids may be; null if the file has an index of the ids. */
  #keysOf(ids: readonly RowId[]): number[] | null {
    return this.#unindexed?.mayHave(ids) ?? null
  }

  /** A commit that fails after this leaves hints to missing rows, or to the next ones. */
  #remember({ created, seq }: Written): void {
    const first = seq - created.length + 1
    for (const [at, id] of created.entries()) this.#unindexed?.add(id, first + at)
  }
}

/** The ids of the writes that were not carried out. */
function refusedOf(writes: PackedWrites, { outcomes }: Written): RowId[] {
  if (outcomes.length === 0) return []
  const ids = Array.from(unpackWrites(writes), ({ id }) => id)
  return outcomes.flatMap(([at]) => ids[at] ?? [])
}

/** The keys of rows that were written before the file was opened. */
function keysIn(database: DatabaseSync): UnindexedKeys {
  const keys = new UnindexedKeys()
  const rows = database.prepare('SELECT id, key FROM row')
  rows.setReturnArrays(true)
  // The columns of the statement, as arrays.
  for (const [id, key] of rows.iterate() as Iterable<unknown> as Iterable<[RowId, number]>) keys.add(id, key)
  return keys
}

/**
 * Moves the log into the file, as far as readers allow. A reader of an earlier state is not waited for: it may be in this
 * process, and the next checkpoint moves the rest.
 */
function checkpoint(database: DatabaseSync): void {
  const timeout = Number(database.prepare('PRAGMA busy_timeout').get()?.timeout ?? 0)
  database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
  database.exec(`PRAGMA busy_timeout = ${timeout}`)
}
