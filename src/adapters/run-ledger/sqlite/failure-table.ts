import type { DatabaseSync } from 'node:sqlite'
import type { ErrorCode } from '../../../errors/codes.ts'
import type { ClaimedStage, FailedRow, RunId } from '../../../ports/run-ledger.ts'
import { inTransaction } from '../../sqlite/database.ts'

/** Failed rows by run, stage and key, in the order in which they are paged through. */
export class FailureTable {
  readonly #database
  readonly #upsert
  readonly #page
  readonly #count
  readonly #delete

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#upsert = database.prepare(
      `INSERT INTO failure (run, stage, key, code, reason) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET code = excluded.code, reason = excluded.reason`,
    )
    this.#page = database.prepare(
      `SELECT stage, key, code, reason FROM failure
       WHERE run = ? AND (stage, key) > (?, ?) ORDER BY stage, key LIMIT ?`,
    )
    this.#count = database.prepare('SELECT count(*) AS failures FROM failure WHERE run = ?')
    this.#delete = database.prepare('DELETE FROM failure WHERE run = ?')
  }

  add(failures: readonly FailedRow[]): void {
    if (failures.length === 0) return
    inTransaction(this.#database, () => {
      for (const { run, stage, key, code, reason } of failures) this.#upsert.run(run, stage, key, code, reason)
    })
  }

  page(run: RunId, limit: number, after: string): FailedRow[] {
    // Stages hold no space: the first one ends the stage of a cursor, whatever the key holds.
    const space = after.indexOf(' ')
    return this.#page.all(run, after.slice(0, Math.max(space, 0)), after.slice(space + 1), limit).map((found) => ({
      run,
      // Written by `add` alone, of the same layout version.
      stage: String(found.stage) as ClaimedStage,
      key: String(found.key),
      code: String(found.code) as ErrorCode,
      reason: String(found.reason),
    }))
  }

  count(run: RunId): number {
    return Number(this.#count.get(run)?.failures)
  }

  delete(run: RunId): void {
    this.#delete.run(run)
  }
}
