import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RowId } from '../../../domain/row.ts'

/** So many ids at most are held in memory: a few megabytes. */
const MOST_RECENT_IDS = 50_000

/**
 * Which key an id has. The ids of the rows that came last are held in memory and go into the table `identity` many at
 * a time, in order; they are in the file all the same, in `row`, so a crash loses none.
 */
export class Identities {
  readonly #progress: StatementSync
  readonly #find: StatementSync
  readonly #recentRows: StatementSync
  readonly #settle: StatementSync
  readonly #saveIdentified: StatementSync
  #recent = new Map<RowId, number>()
  #identified = 0
  #loadedAt: number | null = null

  constructor(database: DatabaseSync) {
    this.#progress = database.prepare('SELECT seq, identified FROM progress')
    this.#find = database.prepare(
      'SELECT identity.id, identity.key FROM json_each(?) AS asked CROSS JOIN identity ON identity.id = asked.value',
    )
    this.#recentRows = database.prepare('SELECT id, key FROM row WHERE key > ?')
    this.#settle = database.prepare('INSERT INTO identity SELECT id, key FROM row WHERE key > ? ORDER BY id')
    this.#saveIdentified = database.prepare('UPDATE progress SET identified = ?')
    this.#find.setReturnArrays(true)
    this.#recentRows.setReturnArrays(true)
  }

  /** Brings what is in memory up to what the file says, when somebody else has written since, or nothing was read. */
  refresh(): void {
    const progress = this.#progress.get()
    const seq = Number(progress?.seq)
    const identified = Number(progress?.identified)
    if (this.#loadedAt === seq && this.#identified === identified) return
    this.#recent = new Map(pairs(this.#recentRows.iterate(identified)))
    this.#identified = identified
    this.#loadedAt = seq
  }

  /** The keys of those of the ids that have one. */
  keysOf(ids: readonly RowId[]): Map<RowId, number> {
    const keys = new Map<RowId, number>()
    const others: RowId[] = []
    for (const id of ids) {
      const key = this.#recent.get(id)
      if (key === undefined) others.push(id)
      else keys.set(id, key)
    }
    if (others.length > 0 && this.#identified > 0) {
      for (const [id, key] of pairs(this.#find.iterate(JSON.stringify(others)))) keys.set(id, key)
    }
    return keys
  }

  add(id: RowId, key: number): void {
    this.#recent.set(id, key)
  }

  /** To be called before the end of the transaction in which ids were added, with the number of its last writing. */
  advance(seq: number): void {
    if (this.#recent.size >= MOST_RECENT_IDS) this.settle(seq)
    this.#loadedAt = seq
  }

  /** Puts all ids into the table, within the caller's transaction. `seq` is the number of the last writing. */
  settle(seq: number): void {
    if (this.#recent.size > 0) this.#settle.run(this.#identified)
    this.#saveIdentified.run(seq)
    this.#recent = new Map()
    this.#identified = seq
    this.#loadedAt = seq
  }

  /** To be called when the transaction was undone: what is in memory is not in the file. */
  forget(): void {
    this.#loadedAt = null
  }
}

function pairs(rows: Iterable<unknown>): Iterable<[RowId, number]> {
  // Both statements give an id and a key, as arrays.
  return rows as Iterable<[RowId, number]>
}
