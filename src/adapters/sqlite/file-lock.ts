import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { RevalError } from '../../errors/reval-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { isBusy, sqliteError } from './database.ts'

/** A lock that is held; releasing it twice is nothing. */
export interface FileLock {
  release(): void
}

export interface LockOptions {
  /** What the lock is for, as the beginning of a sentence that says it is held. */
  readonly purpose: string
  /** The code of errors that have no code of their own. */
  readonly code: ErrorCode
  /** How long to wait for another to release it, in milliseconds; none when absent. Waiting blocks the process. */
  readonly patience?: number
}

/** A connection that nobody refers to is closed by the garbage collector, and its lock would go with it. */
const held = new Set<DatabaseSync>()

/**
 * Takes the lock that a file stands for. It is SQLite's own lock on the (empty) file, so the system takes it back from
 * an owner who dies, however that happens. The file stays: removing it could take a lock that another has just got.
 * Nothing else may open the file: closing it would release the lock. Throws DATA_DIR_IN_USE saying `purpose` when it
 * is held, or the given code.
 */
export function lockFile(path: string, options: LockOptions): FileLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: options.patience ?? 0 })
    // The lock writes nothing; a journal would only be an empty file beside it that a killed owner leaves behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (!isBusy(error)) throw sqliteError(error, options.code, path)
    throw new RevalError('DATA_DIR_IN_USE', `${options.purpose} (${path})`, { cause: error })
  }
  const lock = database
  held.add(lock)
  return {
    release: () => {
      if (held.delete(lock)) lock.close()
    },
  }
}

/**
 * Whether somebody holds the lock that a file stands for now; false where there is no such file. Who takes the lock
 * in this very moment with no patience may find it held. Throws the given code.
 */
export function isLocked(path: string, code: ErrorCode): boolean {
  if (!existsSync(path)) return false
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw sqliteError(error, code, path)
  } finally {
    database?.close()
  }
}
