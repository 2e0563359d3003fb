import { randomUUID } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { RevalError } from '../../../errors/reval-error.ts'
import type { LedgerRecords, Recorded, RecordKind, Revision, Run, RunId } from '../../../ports/run-ledger.ts'

/** Records as JSON by kind and id, each changed by one statement that compares its revision. */
export class RecordTable {
  readonly #read
  readonly #insert
  readonly #update
  readonly #runs
  readonly #deleteClaims
  readonly #delete

  constructor(database: DatabaseSync) {
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
    this.#delete = database.prepare('DELETE FROM record WHERE kind = ? AND id = ?')
  }

  read<K extends RecordKind>(kind: K, id: string): Recorded<LedgerRecords[K]> | null {
    const found = this.#read.get(kind, id)
    return found === undefined ? null : { value: recordIn(kind, found.value), revision: String(found.revision) }
  }

  /** Throws LEDGER_CONFLICT where the revision is another. */
  save<K extends RecordKind>(kind: K, id: string, value: LedgerRecords[K], revision: Revision): Revision {
    // Never used twice, so that a record removed and made anew refuses who read the earlier one.
    const next = randomUUID()
    const text = JSON.stringify(value)
    const { changes } =
      revision === 'new' ? this.#insert.run(next, text, kind, id) : this.#update.run(next, text, kind, id, revision)
    if (Number(changes) === 1) return next
    throw new RevalError('LEDGER_CONFLICT', `record ${kind} ${id} was changed by another process`, {
      details: { kind, id },
    })
  }

  runs(limit: number): Run[] {
    return this.#runs.all(limit).map((found) => recordIn('run', found.value))
  }

  deleteClaims(run: RunId): void {
    this.#deleteClaims.run(run)
  }

  deleteRun(run: RunId): void {
    this.#delete.run('run', run)
  }
}

/** `save` is the only writer of the column, and the file's layout version says that it knew these very types. */
function recordIn<K extends RecordKind>(kind: K, column: SQLOutputValue | undefined): LedgerRecords[K] {
  if (typeof column !== 'string') throw new RevalError('LEDGER_FAILED', `the record of a ${kind} is not text`)
  return JSON.parse(column) as LedgerRecords[K]
}
