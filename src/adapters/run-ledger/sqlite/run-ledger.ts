import type { DatabaseSync } from 'node:sqlite'
import type { GenerationId, Guard } from '../../../ports/index-store.ts'
import type {
  FailedRow,
  LedgerRecords,
  Recorded,
  RecordKind,
  Revision,
  Run,
  RunId,
  RunLedger,
} from '../../../ports/run-ledger.ts'
import { inTransaction, sqliteError } from '../../sqlite/database.ts'
import { FailureTable } from './failure-table.ts'
import { ledgerFile, openLedgerFile } from './layout.ts'
import { RecordTable } from './record-table.ts'

/**
 * Opens the run ledger of a data directory, making it when it is not there yet. Any number of processes may have it
 * open; each statement is one transaction on the disk. Rejects DATA_DIR_OLDER, DATA_DIR_NEWER, DATA_DIR_UNUSABLE,
 * DISK_FULL or LEDGER_FAILED.
 */
export async function openRunLedger(directory: string): Promise<RunLedger> {
  return new SqliteRunLedger(openLedgerFile(directory), ledgerFile(directory))
}

class SqliteRunLedger implements RunLedger {
  readonly #database
  readonly #path
  readonly #records
  readonly #failures

  constructor(database: DatabaseSync, path: string) {
    this.#database = database
    this.#path = path
    this.#records = new RecordTable(database)
    this.#failures = new FailureTable(database)
  }

  async read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null> {
    return this.#coded(() => this.#records.read(kind, id))
  }

  async save<K extends RecordKind>(
    kind: K,
    id: string,
    value: LedgerRecords[K],
    revision: Revision,
    guard?: Guard,
  ): Promise<Revision> {
    guard?.()
    return this.#coded(() => this.#records.save(kind, id, value, revision))
  }

  async runs(limit: number): Promise<readonly Run[]> {
    return this.#coded(() => this.#records.runs(limit))
  }

  async addFailures(failures: readonly FailedRow[]): Promise<void> {
    this.#coded(() => this.#failures.add(failures))
  }

  async failures(generation: GenerationId, limit: number, after = ''): Promise<readonly FailedRow[]> {
    return this.#coded(() => this.#failures.page(generation, limit, after))
  }

  async countFailures(generation: GenerationId): Promise<number> {
    return this.#coded(() => this.#failures.count(generation))
  }

  async tidy(run: RunId): Promise<void> {
    this.#coded(() => this.#records.deleteClaims(run))
  }

  async forget(run: RunId): Promise<void> {
    this.#coded(() =>
      inTransaction(this.#database, () => {
        this.#records.deleteClaims(run)
        this.#failures.delete(run)
        this.#records.deleteRun(run)
      }),
    )
  }

  /** The file is on this machine. */
  async serverTime(): Promise<null> {
    return null
  }

  async ping(): Promise<void> {
    this.#coded(() => this.#records.read('installation', 'ping'))
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }

  /** What the action gives; what SQLite throws in it gets its code. */
  #coded<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw sqliteError(error, 'LEDGER_FAILED', this.#path)
    }
  }
}
