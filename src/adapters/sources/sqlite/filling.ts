import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { RevalError } from '../../../errors/reval-error.ts'
import type { FilledRow, IntegrityViolation, SourceFilling, SourceTable } from '../../../ports/source-filling.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { DOCTOR_RECORDS } from './doctor-records.ts'
import { EXCEPTION_RECORDS } from './exception-records.ts'
import { integrityViolations } from './integrity.ts'
import { insertInto, ROW_INDEXES, STAGED_TABLES, type StagedTable } from './staged-rows.ts'
import { TRAINEE_RECORDS } from './trainee-records.ts'

/** What a filling leaves to its owner: the files, and the lock that it is the only one. */
export interface FillingFiles {
  /** The sources to be (schema `main`) with the staged rows attached (schema `rows`), in a transaction. */
  readonly database: DatabaseSync
  /** Names the sources once and for all. */
  readonly edition: string
  /** Puts the complete sources in place of the old ones. The database is closed by then. */
  readonly publish: () => Promise<void>
  /** Removes what is left of the filling and lets the next one begin, which it does even where removing fails. */
  readonly discard: () => Promise<void>
}

type State = 'filling' | 'broken' | 'ended'

/** One filling of `sources.sqlite`: rows are staged as they come, and joined into records by `commit`. */
export class SqliteSourceFilling implements SourceFilling {
  readonly #files: FillingFiles
  readonly #inserts = new Map<SourceTable, StatementSync>()
  #state: State = 'filling'

  constructor(files: FillingFiles) {
    this.#files = files
  }

  async add<T extends SourceTable>(table: T, rows: readonly FilledRow<T>[]): Promise<void> {
    this.#attempt(() => {
      const insert = this.#insertInto(table)
      const staged: StagedTable<T> = STAGED_TABLES[table]
      for (const { line, values } of rows) insert.run(line, ...staged.values(values))
    })
  }

  async *violations(): AsyncGenerator<IntegrityViolation> {
    await this.#index()
    const rows = this.#attempt(() => integrityViolations(this.#files.database))
    try {
      for (;;) {
        const next = this.#attempt(() => rows.next())
        if (next.done === true) return
        yield next.value
      }
    } finally {
      rows.return(undefined)
    }
  }

  async commit(): Promise<void> {
    await this.#index()
    for (const { fill } of [TRAINEE_RECORDS, DOCTOR_RECORDS, EXCEPTION_RECORDS]) await this.#execute(fill)
    this.#attempt(() => {
      const { database, edition } = this.#files
      database.prepare('INSERT INTO main.filling (edition) VALUES (?)').run(edition)
      database.exec('COMMIT')
      database.close()
    })
    // From here on the staged rows are gone: a second try would publish what may not be complete.
    this.#state = 'broken'
    await this.#files.publish()
    this.#state = 'ended'
    // The sources are in place: what cannot be removed now is no failure of theirs, and the next filling removes it.
    await this.#files.discard().catch(() => undefined)
  }

  async abandon(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    const { database, discard } = this.#files
    if (database.isOpen) database.close()
    await discard()
  }

  #insertInto(table: SourceTable): StatementSync {
    const known = this.#inserts.get(table)
    if (known !== undefined) return known
    const insert = this.#files.database.prepare(insertInto(table))
    this.#inserts.set(table, insert)
    return insert
  }

  async #index(): Promise<void> {
    for (const statement of ROW_INDEXES) await this.#execute(statement)
  }

  /** One statement of many: it may take seconds, and between two the process does what else it has to do. */
  async #execute(statement: string): Promise<void> {
    this.#attempt(() => this.#files.database.exec(statement))
    await setImmediate()
  }

  /** A filling of which anything failed lacks rows that were given to it: it is never published. */
  #attempt<Result>(action: () => Result): Result {
    if (this.#state !== 'filling') {
      const why = this.#state === 'ended' ? 'has ended' : 'has already failed'
      throw new RevalError('SOURCE_FAILED', `this filling of the sources ${why}`)
    }
    try {
      return action()
    } catch (error) {
      this.#state = 'broken'
      throw sqliteError(error, 'SOURCE_FAILED', 'filling the sources')
    }
  }
}
