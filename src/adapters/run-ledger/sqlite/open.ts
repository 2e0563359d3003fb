import { randomUUID } from 'node:crypto'
import type { SQLOutputValue } from 'node:sqlite'
import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import {
  FAILURE_STAGES,
  type FailedRow,
  type FailureStage,
  type LedgerRecords,
  type RecordKind,
  type RunLedger,
} from '../../../ports/run-ledger.ts'
import { inTransaction, sqliteError } from '../../sqlite/database.ts'
import { recordFrom } from '../completed.ts'
import { ledgerFile, openLedgerFile } from './schema.ts'

/**
 * Opens the run ledger of a data directory, and creates it if it does not exist. Any number of processes may have it
 * open; each statement is one transaction on the disk. Records are JSON by kind and id, each changed by one statement that
 * compares its revision. Rejects DATA_DIR_OLDER, DATA_DIR_NEWER, DATA_DIR_UNUSABLE, DISK_FULL or LEDGER_FAILED.
 */
export async function openRunLedger(directory: string): Promise<RunLedger> {
  const database = openLedgerFile(directory)
  const read = database.prepare('SELECT revision, value FROM record WHERE kind = ? AND id = ?')
  const insert = database.prepare(
    'INSERT INTO record (revision, value, kind, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const update = database.prepare(
    'UPDATE record SET revision = ?, value = ? WHERE kind = ? AND id = ? AND revision = ?',
  )
  const runs = database.prepare(
    `SELECT value FROM record WHERE kind = 'run' ORDER BY value ->> '$.requestedAt' DESC, id DESC LIMIT ?`,
  )
  const audit = database.prepare(
    `SELECT value FROM record WHERE kind = 'audit' AND (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2`,
  )
  const deleteAudit = database.prepare(`DELETE FROM record WHERE kind = 'audit' AND id < ?`)
  const deleteClaims = database.prepare(`DELETE FROM record WHERE kind = 'claim' AND value ->> '$.run' = ?`)
  const deleteRun = database.prepare(`DELETE FROM record WHERE kind = 'run' AND id = ?`)
  const deleteFindings = database.prepare(
    `DELETE FROM record WHERE kind = 'findings' AND substr(id, 1, length(?1) + 1) = ?1 || '/'`,
  )
  const addFailure = database.prepare(
    `INSERT INTO failure (generation, stage, key, run, code, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET run = excluded.run, code = excluded.code, reason = excluded.reason, at = excluded.at`,
  )
  const failures = database.prepare(
    `SELECT generation, run, stage, key, code, reason, at FROM failure
     WHERE generation = ? AND (stage, key) > (?, ?) ORDER BY stage, key LIMIT ?`,
  )
  const failuresOfKey = database.prepare(
    'SELECT generation, run, stage, key, code, reason, at FROM failure WHERE key = ?',
  )
  const countFailures = database.prepare('SELECT count(*) AS failures FROM failure WHERE generation = ?')
  const deleteFailures = database.prepare('DELETE FROM failure WHERE run = ?')
  const removeFailure = database.prepare('DELETE FROM failure WHERE generation = ? AND stage = ? AND key = ?')

  /** The result of the action; errors of SQLite get a code. */
  const ask = async <T>(action: () => T): Promise<T> => {
    try {
      return action()
    } catch (error) {
      throw sqliteError(error, 'LEDGER_FAILED', ledgerFile(directory))
    }
  }
  return {
    read: (kind, id) =>
      ask(() => {
        const found = read.get(kind, id)
        return found === undefined ? null : { value: recordIn(kind, found.value), revision: String(found.revision) }
      }),
    save: async (kind, id, value, revision, guard) => {
      guard?.()
      // Never reused: a record that was removed and created again refuses a save based on the earlier one.
      const next = randomUUID()
      const text = JSON.stringify(value)
      const { changes } = await ask(() =>
        revision === 'new' ? insert.run(next, text, kind, id) : update.run(next, text, kind, id, revision),
      )
      if (Number(changes) === 1) return next
      const what = `record ${kind} ${id} was changed by another process`
      throw new RevalError('LEDGER_CONFLICT', what, { details: { kind, id } })
    },
    runs: (limit) => ask(() => runs.all(limit).map((found) => recordIn('run', found.value))),
    audit: (limit, before) =>
      ask(() => audit.all(before ?? null, limit).map((found) => recordIn('audit', found.value))),
    removeAudit: async (before) => {
      await ask(() => deleteAudit.run(before))
    },
    addFailures: async (rows) => {
      if (rows.length === 0) return
      await ask(() =>
        inTransaction(database, () => {
          for (const { run, generation, stage, key, code, reason, at } of rows) {
            addFailure.run(generation, stage, key, run, code, reason, at)
          }
        }),
      )
    },
    failures: async (generation, limit, after = '') => {
      // Stages contain no space: the first space ends the stage of a cursor, whatever the key contains.
      const space = after.indexOf(' ')
      const [stage, key] = [after.slice(0, Math.max(space, 0)), after.slice(space + 1)]
      return (await ask(() => failures.all(generation, stage, key, limit))).map(failureIn)
    },
    countFailures: (generation) => ask(() => Number(countFailures.get(generation)?.failures)),
    failuresOfKeys: (keys) => ask(() => keys.flatMap((key) => failuresOfKey.all(key)).map(failureIn)),
    removeFailures: async (generation, keys) => {
      if (keys.length === 0) return
      await ask(() =>
        inTransaction(database, () => {
          for (const key of keys) for (const stage of FAILURE_STAGES) removeFailure.run(generation, stage, key)
        }),
      )
    },
    removeFailuresOf: async (ids) => {
      await ask(() =>
        inTransaction(database, () => {
          for (const id of ids) deleteFailures.run(id)
        }),
      )
    },
    tidy: async (run) => {
      await ask(() => deleteClaims.run(run))
    },
    forget: (run) =>
      ask(() =>
        inTransaction(database, () => {
          for (const statement of [deleteClaims, deleteFailures, deleteFindings, deleteRun]) statement.run(run)
        }),
      ),
    // The file is on this machine.
    serverTime: () => Promise.resolve(null),
    ping: async () => {
      await ask(() => read.get('installation', 'ping'))
    },
    close: async () => {
      if (database.isOpen) database.close()
    },
  }
}

/** Only `addFailures` writes the row, with the same layout version. */
function failureIn(found: Record<string, SQLOutputValue>): FailedRow {
  return {
    run: String(found.run),
    generation: String(found.generation),
    stage: String(found.stage) as FailureStage,
    at: found.at === null ? null : Number(found.at),
    key: String(found.key),
    code: String(found.code) as ErrorCode,
    reason: String(found.reason),
  }
}

/** Only `save` writes the column: the file's layout version guarantees that it used these types, or earlier ones. */
function recordIn<K extends RecordKind>(kind: K, column: SQLOutputValue | undefined): LedgerRecords[K] {
  if (typeof column !== 'string') throw new RevalError('LEDGER_FAILED', `the record of a ${kind} is not text`)
  return recordFrom(kind, column)
}
