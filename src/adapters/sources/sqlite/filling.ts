import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { RevalError } from '../../../errors/reval-error.ts'
import type { FilledRow, SourceFilling, SourceTable } from '../../../ports/source-filling.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { DOCTOR_RECORDS, FILL_RECOMMENDATIONS } from './doctor-records.ts'
import { EXCEPTION_RECORDS } from './exception-records.ts'
import { integrityViolations } from './integrity.ts'
import { RECORD_INDEXES } from './schema.ts'
import { insertInto, ROW_INDEXES, STAGED_TABLES, type StagedTable } from './staged-rows.ts'
import { TRAINEE_RECORDS } from './trainee-records.ts'

/** What a filling leaves to its owner: the files, and the lock. */
export interface FillingFiles {
  /** The sources to be (schema `main`) with the staged rows attached (schema `rows`), in a transaction. */
  readonly database: DatabaseSync
  /** The id of the edition. */
  readonly edition: string
  /** Replaces the old sources with the complete new ones. The database is closed by then. */
  readonly publish: () => Promise<void>
  /** Removes leftovers of the filling and releases the lock, even if removing fails. */
  readonly discard: () => Promise<void>
}

/** One filling of `sources.sqlite`: rows are staged as they are added, and joined into records by `commit`. */
export function fillingIn({ database, edition, publish, discard }: FillingFiles): SourceFilling {
  const inserts = new Map<SourceTable, StatementSync>()
  let state: 'filling' | 'broken' | 'ended' = 'filling'

  /** A filling in which anything failed lacks rows: it is never published. */
  const attempt = <Result>(action: () => Result): Result => {
    if (state !== 'filling') {
      const why = state === 'ended' ? 'has ended' : 'has already failed'
      throw new RevalError('SOURCE_FAILED', `this filling of the sources ${why}`)
    }
    try {
      return action()
    } catch (error) {
      state = 'broken'
      throw sqliteError(error, 'SOURCE_FAILED', 'filling the sources')
    }
  }
  const insertFor = (table: SourceTable): StatementSync => {
    const insert = inserts.get(table) ?? database.prepare(insertInto(table))
    inserts.set(table, insert)
    return insert
  }
  /** Each statement may take seconds; between two the rest of the process gets its turn. */
  const execute = async (statements: readonly string[]) => {
    for (const statement of statements) {
      attempt(() => database.exec(statement))
      await setImmediate()
    }
  }
  return {
    add: async <T extends SourceTable>(table: T, rows: readonly FilledRow<T>[]) =>
      attempt(() => {
        const insert = insertFor(table)
        const staged: StagedTable<T> = STAGED_TABLES[table]
        for (const { line, values } of rows) insert.run(line, ...staged.values(values))
      }),
    violations: async function* () {
      await execute(ROW_INDEXES)
      const rows = attempt(() => integrityViolations(database))
      try {
        for (;;) {
          const next = attempt(() => rows.next())
          if (next.done === true) return
          yield next.value
        }
      } finally {
        rows.return(undefined)
      }
    },
    commit: async () => {
      const records = [TRAINEE_RECORDS.fill, DOCTOR_RECORDS.fill, FILL_RECOMMENDATIONS, EXCEPTION_RECORDS.fill]
      await execute([...ROW_INDEXES, ...records, ...RECORD_INDEXES])
      attempt(() => {
        database.prepare('INSERT INTO main.filling (edition) VALUES (?)').run(edition)
        database.exec('COMMIT')
        database.close()
      })
      // From here on the staged rows are gone: a second attempt could publish incomplete sources.
      state = 'broken'
      await publish()
      state = 'ended'
      // The sources are replaced. Leftovers are removed by the next filling.
      await discard().catch(() => undefined)
    },
    abandon: async () => {
      if (state === 'ended') return
      state = 'ended'
      if (database.isOpen) database.close()
      await discard()
    },
  }
}
