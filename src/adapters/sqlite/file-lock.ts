import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { RevalError } from '../../errors/reval-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { createFile } from '../file-rights.ts'
import { isBusy, sqliteError } from './database.ts'

/** A held lock; releasing it twice does nothing. */
export interface FileLock {
  release(): void
}

export interface LockOptions {
  /** The beginning of the error message if the lock is held. */
  readonly purpose: string
  /** The code of errors without their own. */
  readonly code: ErrorCode
  /** How long to wait for its release, in milliseconds; 0 when absent. Waiting blocks the process. */
  readonly patience?: number
}

/** Without a reference, the garbage collector would close a connection and release its lock. */
const held = new Set<DatabaseSync>()

/**
 * Acquires the lock that a file stands for. It is SQLite's own lock on the (empty) file, so the system releases it for
 * an owner that dies, however that happens. The file stays: removing it could remove a lock that another process has just acquired.
 * Nothing else may open the file: closing it would release the lock. Throws DATA_DIR_IN_USE saying `purpose` when it
 * is held, or the given code.
 */
export function lockFile(path: string, options: LockOptions): FileLock {
  let database: DatabaseSync | undefined
  try {
    createFile(path)
    database = new DatabaseSync(path, { timeout: options.patience ?? 0 })
    // The lock writes nothing; a journal would only be an empty file that a killed owner leaves behind.
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
 * Whether the lock that a file stands for is held now; false if there is no such file. A process that acquires the lock at
 * this very moment, and does not wait, may find it held. Throws the given code.
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
