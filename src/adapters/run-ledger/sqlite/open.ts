import { randomUUID } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, Guard } from '../../../ports/index-store.ts'
import type {
  ClaimedStage,
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
import { ledgerFile, openLedgerFile } from './schema.ts'

/**
 * Opens the run ledger of a data directory, making it when it is not there yet. Any number of processes may have it
 * open; each statement is one transaction on the disk. Rejects DATA_DIR_OLDER, DATA_DIR_NEWER, DATA_DIR_UNUSABLE,
 * DISK_FULL or LEDGER_FAILED.
 */
export async function openRunLedger(directory: string): Promise<RunLedger> {
  return new SqliteRunLedger(openLedgerFile(directory), ledgerFile(directory))
}

/** Records are JSON by kind and id, each changed by one statement that compares its revision. */
class SqliteRunLedger implements RunLedger {
  readonly #database
  readonly #path
  readonly #read
  readonly #insert
  readonly #update
  readonly #runs
  readonly #deleteClaims
  readonly #deleteRun
  readonly #addFailure
  readonly #failures
  readonly #countFailures
  readonly #deleteFailures

  constructor(database: DatabaseSync, path: string) {
    this.#database = database
    this.#path = path
    this.#read = database.prepare('SELECT revision, value FROM record WHERE kind = ? AND id = ?')
    this.#insert = database.prepare(
      'INSERT INTO record (revision, value, kind, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    this.#update = database.prepare(
      'UPDATE record SET revision = ?, value = ? WHERE kind = ? AND id = ? AND revision = ?',
    )
    this.#runs = database.prepare(
      `SELECT value FROM record WHERE kind = 'run' ORDER BY value ->> '$.requestedAt' DESC, id DESC LIMIT ?`,
    )
    this.#deleteClaims = database.prepare(`DELETE FROM record WHERE kind = 'claim' AND value ->> '$.run' = ?`)
    this.#deleteRun = database.prepare(`DELETE FROM record WHERE kind = 'run' AND id = ?`)
    this.#addFailure = database.prepare(
      `INSERT INTO failure (generation, stage, key, run, code, reason) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET run = excluded.run, code = excluded.code, reason = excluded.reason`,
    )
    this.#failures = database.prepare(
      `SELECT run, stage, key, code, reason FROM failure
       WHERE generation = ? AND (stage, key) > (?, ?) ORDER BY stage, key LIMIT ?`,
    )
    this.#countFailures = database.prepare('SELECT count(*) AS failures FROM failure WHERE generation = ?')
    this.#deleteFailures = database.prepare('DELETE FROM failure WHERE run = ?')
  }

  async read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null> {
    const found = this.#coded(() => this.#read.get(kind, id))
    return found === undefined ? null : { value: recordIn(kind, found.value), revision: String(found.revision) }
  }

  async save<K extends RecordKind>(
    kind: K,
    id: string,
    value: LedgerRecords[K],
    revision: Revision,
    guard?: Guard,
  ): Promise<Revision> {
    guard?.()
    // Never used twice, so a record that was removed and made again refuses a reader of the earlier one.
    const next = randomUUID()
    const text = JSON.stringify(value)
    const { changes } = this.#coded(() =>
      revision === 'new' ? this.#insert.run(next, text, kind, id) : this.#update.run(next, text, kind, id, revision),
    )
    if (Number(changes) === 1) return next
    throw new RevalError('LEDGER_CONFLICT', `record ${kind} ${id} was changed by another process`, {
      details: { kind, id },
    })
  }

  async runs(limit: number): Promise<readonly Run[]> {
    return this.#coded(() => this.#runs.all(limit)).map((found) => recordIn('run', found.value))
  }

  async addFailures(failures: readonly FailedRow[]): Promise<void> {
    if (failures.length === 0) return
    this.#inTransaction(() => {
      for (const { run, generation, stage, key, code, reason } of failures) {
        this.#addFailure.run(generation, stage, key, run, code, reason)
      }
    })
  }

  async failures(generation: GenerationId, limit: number, after = ''): Promise<readonly FailedRow[]> {
    // Stages hold no space: the first one ends the stage of a cursor, whatever the key holds.
    const space = after.indexOf(' ')
    const [stage, key] = [after.slice(0, Math.max(space, 0)), after.slice(space + 1)]
    return this.#coded(() => this.#failures.all(generation, stage, key, limit)).map((found) => ({
      run: String(found.run),
      generation,
      // Written by `addFailures` alone, of the same layout version.
      stage: String(found.stage) as ClaimedStage,
      key: String(found.key),
      code: String(found.code) as ErrorCode,
      reason: String(found.reason),
    }))
  }

  async countFailures(generation: GenerationId): Promise<number> {
    return Number(this.#coded(() => this.#countFailures.get(generation))?.failures)
  }

  async tidy(run: RunId): Promise<void> {
    this.#coded(() => this.#deleteClaims.run(run))
  }

  async forget(run: RunId): Promise<void> {
    this.#inTransaction(() => {
      for (const statement of [this.#deleteClaims, this.#deleteFailures, this.#deleteRun]) statement.run(run)
    })
  }

  /** The file is on this machine. */
  async serverTime(): Promise<null> {
    return null
  }

  async ping(): Promise<void> {
    await this.read('installation', 'ping')
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }

  #inTransaction(action: () => void): void {
    this.#coded(() => inTransaction(this.#database, action))
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

/** `save` is the only writer of the column, and the file's layout version says that it knew these very types. */
function recordIn<K extends RecordKind>(kind: K, column: SQLOutputValue | undefined): LedgerRecords[K] {
  if (typeof column !== 'string') throw new RevalError('LEDGER_FAILED', `the record of a ${kind} is not text`)
  return JSON.parse(column) as LedgerRecords[K]
}
