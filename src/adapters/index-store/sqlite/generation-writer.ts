import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import { inTransaction } from '../../sqlite/database.ts'
import { Batch } from './batch.ts'
import { DELETED } from './generation-schema.ts'
import { Identities } from './identities.ts'
import { RowReader } from './row-reader.ts'
import { RowStore } from './row-store.ts'

interface Progress {
  readonly seq: number
  readonly visible: number
}

/** One generation that is open for writing, and for reading what was just written. */
export class GenerationWriter {
  readonly #database: DatabaseSync
  readonly #identities: Identities
  readonly #rows: RowStore
  readonly #reader: RowReader
  readonly #progress: StatementSync
  readonly #saveSeq: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#identities = new Identities(database)
    this.#rows = new RowStore(database)
    this.#reader = new RowReader(database, this.#identities)
    this.#progress = database.prepare('SELECT seq, visible FROM progress')
    this.#saveSeq = database.prepare('UPDATE progress SET seq = ?')
  }

  get reader(): RowReader {
    return this.#reader
  }

  /** Carries the writes out in one transaction, so that what is `written` survives a crash of the process. */
  write(writes: readonly StoreWrite[]): WriteOutcome[] {
    return this.#change(({ seq, visible }) => {
      const batch = new Batch(this.#rows, this.#identities, { seq, visible })
      const outcomes = batch.write(writes)
      this.#saveSeq.run(batch.seq)
      this.#identities.advance(batch.seq)
      return outcomes
    })
  }

  /** Makes everything that was written visible, and safe from a failure of the machine. */
  makeVisible(): void {
    // With FULL the commit waits until the disk has it, and all that was committed before with it.
    this.#database.exec('PRAGMA synchronous = FULL')
    try {
      this.#change(({ seq, visible }) => {
        if (seq === visible) return
        this.#identities.settle(seq)
        this.#database.exec(catchUp(visible))
      })
    } finally {
      this.#database.exec('PRAGMA synchronous = NORMAL')
    }
    checkpoint(this.#database)
  }

  close(): void {
    this.#database.close()
  }

  #change<T>(action: (progress: Progress) => T): T {
    try {
      return inTransaction(this.#database, () => {
        const { seq, visible } = this.#progress.get() ?? {}
        this.#identities.refresh()
        return action({ seq: Number(seq), visible: Number(visible) })
      })
    } catch (error) {
      this.#identities.forget()
      throw error
    }
  }
}

/** Brings `searchable` up to date: first what was searchable and is outdated, then the rows that are new. */
const catchUp = (visible: number): string => `
  DELETE FROM searchable WHERE (number, key) IN (SELECT number, key FROM outdated WHERE number IS NOT NULL);
  DELETE FROM identity WHERE id IN
    (SELECT row.id FROM outdated CROSS JOIN row USING (key) WHERE row.state & ${DELETED});
  DELETE FROM row WHERE key IN (SELECT key FROM outdated) AND state & ${DELETED};
  INSERT INTO searchable SELECT row.number, row.key FROM outdated CROSS JOIN row USING (key)
    WHERE row.number IS NOT NULL AND row.key <= ${visible};
  DELETE FROM outdated;
  INSERT INTO searchable SELECT number, key FROM row WHERE key > ${visible} AND number IS NOT NULL
    ORDER BY number, key;
  UPDATE progress SET visible = seq;
`

/**
 * Moves the log into the file, as far as readers allow: one that still reads an earlier state is not waited for, since
 * it may be in this process, and the next checkpoint does what is left.
 */
function checkpoint(database: DatabaseSync): void {
  const timeout = Number(database.prepare('PRAGMA busy_timeout').get()?.timeout ?? 0)
  database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
  database.exec(`PRAGMA busy_timeout = ${timeout}`)
}
