import { DatabaseSync } from 'node:sqlite'
import { RevalError } from '../../errors/reval-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { isBusy, sqliteError } from './database.ts'

/** A lock that is held; releasing it twice is nothing. */
export interface FileLock {
  release(): void
}

/**
 * Takes the lock that a file stands for, without waiting. It is SQLite's own lock on the (empty) file, so the system
 * takes it back from an owner who dies, however that happens. The file stays: removing it could take a lock that
 * another has just got. Throws DATA_DIR_IN_USE saying `purpose` when it is held, or the given code.
 */
export function lockFile(path: string, options: { readonly purpose: string; readonly code: ErrorCode }): FileLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (!isBusy(error)) throw sqliteError(error, options.code, path)
    throw new RevalError('DATA_DIR_IN_USE', `${options.purpose} at this moment (${path})`, { cause: error })
  }
  const held = database
  return {
    release: () => {
      if (held.isOpen) held.close()
    },
  }
}
