import type { DatabaseSync } from 'node:sqlite'
import type { ErrorCode } from '../../../errors/codes.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import type { ClaimedStage, FailedRow, RunId } from '../../../ports/run-ledger.ts'
import { inTransaction } from '../../sqlite/database.ts'

/** Failed rows by generation, stage and key, in the order in which they are paged through. */
export class FailureTable {
  readonly #database
  readonly #upsert
  readonly #page
  readonly #count
  readonly #delete

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#upsert = database.prepare(
      `INSERT INTO failure (generation, stage, key, run, code, reason) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET run = excluded.run, code = excluded.code, reason = excluded.reason`,
    )
    this.#page = database.prepare(
      `SELECT run, stage, key, code, reason FROM failure
       WHERE generation = ? AND (stage, key) > (?, ?) ORDER BY stage, key LIMIT ?`,
    )
    this.#count = database.prepare('SELECT count(*) AS failures FROM failure WHERE generation = ?')
    this.#delete = database.prepare('DELETE FROM failure WHERE run = ?')
  }

  add(failures: readonly FailedRow[]): void {
    if (failures.length === 0) return
    inTransaction(this.#database, () => {
      for (const { run, generation, stage, key, code, reason } of failures) {
        this.#upsert.run(generation, stage, key, run, code, reason)
      }
    })
  }

  page(generation: GenerationId, limit: number, after: string): FailedRow[] {
    // Stages hold no space: the first one ends the stage of a cursor, whatever the key holds.
    const space = after.indexOf(' ')
    return this.#page
      .all(generation, after.slice(0, Math.max(space, 0)), after.slice(space + 1), limit)
      .map((found) => ({
        run: String(found.run),
        generation,
        // Written by `add` alone, of the same layout version.
        stage: String(found.stage) as ClaimedStage,
        key: String(found.key),
        code: String(found.code) as ErrorCode,
        reason: String(found.reason),
      }))
  }

  count(generation: GenerationId): number {
    return Number(this.#count.get(generation)?.failures)
  }

  /** Removes the failures of all generations that a run filled. */
  delete(run: RunId): void {
    this.#delete.run(run)
  }
}
