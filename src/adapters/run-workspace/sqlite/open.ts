import { gmcNumber } from '../../../domain/gmc-number.ts'
import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { ChangedKey, RunWorkspace, RunWorkspaces } from '../../../ports/run-workspace.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { openScratchFile, type ScratchFile, type ScratchFileOptions } from './scratch-file.ts'
import { TraineeTable } from './trainee-table.ts'

/** Workspaces as scratch files in a folder; any number of processes may share it. */
export function openRunWorkspaces(folder: string, options: ScratchFileOptions = {}): RunWorkspaces {
  return {
    open: async () => {
      const file = openScratchFile(folder, options)
      try {
        return workspaceIn(file)
      } catch (error) {
        file.close()
        throw workspaceFault(error, file.path, 'WORKSPACE_UNUSABLE')
      }
    },
  }
}

/**
 * Each changed key once. Adding a key gives it a unique mark. The value is a number, or an `_id` as JSON text, which has an
 * escape for what SQLite cannot store.
 */
const JOURNAL = `
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY, kind TEXT NOT NULL, value ANY NOT NULL, mark INTEGER NOT NULL,
    UNIQUE (kind, value)
  ) STRICT;`

/** A workspace as an SQLite file, on the calling thread. Throws SQLite's error if its tables cannot be created. */
function workspaceIn(file: ScratchFile): RunWorkspace {
  const { database, path } = file
  const trainees = new TraineeTable(database)
  database.exec(JOURNAL)
  const addKey = database.prepare(`
    INSERT INTO journal (kind, value, mark) VALUES (?, ?, ?)
    ON CONFLICT (kind, value) DO UPDATE SET mark = excluded.mark`)
  const readKeys = database.prepare('SELECT kind, value, mark FROM journal ORDER BY position LIMIT ?')
  const removeKey = database.prepare('DELETE FROM journal WHERE kind = ? AND value = ? AND mark = ?')
  // One transaction for as long as the file lives: nothing is ever undone, and the file cannot be found afterwards. Pages go
  // to the disk when the cache has no more room for them.
  database.exec('BEGIN')

  let marks = 0
  /** The error of every later call. */
  let over: RevalError | null = null
  let isClosed = false
  const ask = async <T>(action: () => T): Promise<T> => {
    if (over !== null) throw over
    try {
      return action()
    } catch (error) {
      over = workspaceFault(error, path, 'WORKSPACE_FAILED')
      throw over
    }
  }
  return {
    addTrainees: (some) => ask(() => trainees.add(some)),
    countTrainees: () => ask(() => trainees.count()),
    addReasons: (reasons) => ask(() => trainees.addReasons(reasons)),
    clearReasons: () => ask(() => trainees.clearReasons()),
    join: (doctors) => ask(() => trainees.join(doctors)),
    countUnjoined: () => ask(() => trainees.countUnjoined()),
    unjoined: (after, limit) => ask(() => trainees.unjoined(after, limit)),
    addToJournal: (keys) =>
      ask(() => {
        for (const key of keys) addKey.run(key.kind, valueOf(key), (marks += 1))
      }),
    journal: (limit) =>
      ask(() => readKeys.all(limit).map(({ kind, value, mark }) => ({ ...keyOf(kind, value), mark: Number(mark) }))),
    removeFromJournal: (keys) =>
      ask(() => {
        for (const key of keys) removeKey.run(key.kind, valueOf(key), key.mark)
      }),
    close: async () => {
      if (isClosed) return
      isClosed = true
      over = new RevalError('WORKSPACE_FAILED', `the workspace ${path} is closed`)
      file.close()
    },
  }
}

function valueOf(key: ChangedKey): number | string {
  if (key.kind === 'document') return JSON.stringify(key.storedId)
  return key.kind === 'person' ? key.tcsPersonId : Number(key.number)
}

function keyOf(kind: unknown, value: unknown): ChangedKey {
  if (kind === 'document') return { kind, storedId: JSON.parse(String(value)) as string }
  if (kind === 'person') return { kind, tcsPersonId: Number(value) }
  const number = gmcNumber(String(value).padStart(7, '0'))
  if (number !== null) return { kind: 'number', number }
  throw new RevalError('WORKSPACE_FAILED', `the journal contains ${String(value)} instead of a GMC number`)
}

/** DISK_FULL, or the given code. Neither is worth a retry. */
function workspaceFault(error: unknown, path: string, code: ErrorCode): RevalError {
  const fault = sqliteError(error, code, path)
  return fault.code === 'DISK_FULL' ? fault : new RevalError(code, fault.message, { cause: error })
}
