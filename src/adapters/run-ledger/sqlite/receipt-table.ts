import type { DatabaseSync } from 'node:sqlite'
import type { AttemptId, ClaimedStage, Manifest, Receipt, RunId } from '../../../ports/run-ledger.ts'
import { inTransaction } from '../../sqlite/database.ts'

/** Receipts as rows: distinct by their key, so counting them counts distinct messages. */
export class ReceiptTable {
  readonly #database
  readonly #insert
  readonly #manifest
  readonly #delete

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#insert = database.prepare('INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
    this.#manifest = database.prepare(
      `SELECT count(*) AS messages, total(rows) AS rows, total(failed_rows) AS failedRows, total(own_rows) AS ownRows
       FROM receipt WHERE run = ? AND stage = ? AND attempt = ?`,
    )
    this.#delete = database.prepare('DELETE FROM receipt WHERE run = ?')
  }

  add(receipts: readonly Receipt[]): void {
    if (receipts.length === 0) return
    // A receipt may be lost with the machine, never be there without its rows: then a stage is short of proof and done
    // again. So it need not wait for the disk, which the next record does.
    this.#database.exec('PRAGMA synchronous = NORMAL')
    try {
      inTransaction(this.#database, () => {
        for (const { run, stage, attempt, sequence, rows, failedRows, ownRows } of receipts) {
          this.#insert.run(run, stage, attempt, sequence, rows, failedRows, ownRows)
        }
      })
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL')
    }
  }

  manifest(run: RunId, stage: ClaimedStage, attempt: AttemptId): Manifest {
    const found = this.#manifest.get(run, stage, attempt)
    return {
      messages: Number(found?.messages),
      rows: Number(found?.rows),
      failedRows: Number(found?.failedRows),
      ownRows: Number(found?.ownRows),
    }
  }

  delete(run: RunId): void {
    this.#delete.run(run)
  }
}
