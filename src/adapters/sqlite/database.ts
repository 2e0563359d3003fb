import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemCode } from '../../errors/directory-fault.ts'
import { RevalError, asRevalError } from '../../errors/reval-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { createFile } from '../file-rights.ts'

// Primary result codes of SQLite: https://www.sqlite.org/rescode.html
const BUSY = 5
const READONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

/** The primary result code of an error of SQLite; null for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** Whether the error says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === BUSY
}

/** An error of SQLite as a coded error: a full disk and an unusable directory have their own codes. */
export function sqliteError(error: unknown, code: ErrorCode, path: string): RevalError {
  if (error instanceof RevalError) return error
  const reason = error instanceof Error ? error.message : String(error)
  switch (sqliteCode(error)) {
    case FULL:
      return new RevalError('DISK_FULL', `${path}: the disk is full`, { cause: error })
    case IO_ERROR:
      return new RevalError('DISK_FULL', `${path}: disk I/O error (${reason})`, { cause: error })
    case CORRUPT:
    case NOT_A_DATABASE:
    case READONLY:
    case CANNOT_OPEN:
      return new RevalError('DATA_DIR_UNUSABLE', `${path}: ${reason}`, { cause: error })
    case BUSY:
      return new RevalError(code, `${path}: ${reason}`, { cause: error, transient: true })
    case null:
      return asRevalError(error, code)
    default:
      return new RevalError(code, `${path}: ${reason}`, { cause: error })
  }
}

/** How long to wait for another connection's lock: its transaction takes milliseconds, unless its disk hangs. */
export const BUSY_TIMEOUT = 5_000

export interface OpenOptions {
  /** The code of errors without their own. */
  readonly code: ErrorCode
  /** The version of the file's layout; another one is refused with DATA_DIR_NEWER or DATA_DIR_OLDER. */
  readonly version: number
  /** Statements that create the tables of an empty file. */
  readonly schema: string
  /** Statements that bring a file of an earlier layout to the next one, by the layout that they start from. */
  readonly upgrades?: Readonly<Record<number, string>>
  readonly readOnly?: boolean
  /** Statements run on every opening, after the defaults. */
  readonly pragmas?: string
  /**
   * `memory` is for a file that is read only once it is complete and synced by its writer: the journal is in memory,
   * nothing waits for the disk, one connection. After a crash it is unusable. It never has side files.
   */
  readonly journal?: 'write-ahead' | 'memory'
}

const JOURNALS = {
  'write-ahead': 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
  memory: 'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE',
} as const

/**
 * What is deleted is overwritten with zeros, so that it can no longer be read from the file: its rows are personal data. Measured:
 * a run and a resync take as long without.
 */
const SECURE_DELETE = 'PRAGMA secure_delete = ON'

/**
 * Opens a file, and creates its tables if it is new. With a write-ahead log by default, so readers in
 * other processes never wait for a writer. Throws DATA_DIR_NEWER, DATA_DIR_OLDER, DATA_DIR_UNUSABLE, DISK_FULL or the
 * given code.
 */
export function openDatabase(path: string, options: OpenOptions): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    if (options.readOnly !== true) createFile(path)
    database = new DatabaseSync(path, { readOnly: options.readOnly ?? false, timeout: BUSY_TIMEOUT })
    const found = layoutVersion(database)
    if (found > options.version) {
      const what = `${path} has layout ${found}; this version supports up to ${options.version}`
      throw new RevalError('DATA_DIR_NEWER', what)
    }
    if (found > 0 && found < options.version && !(found in upgradesOf(options))) {
      throw new RevalError('DATA_DIR_OLDER', `${path} has layout ${found}; this version requires ${options.version}`)
    }
    if (options.readOnly !== true) {
      database.exec(SECURE_DELETE)
      setJournal(database, options)
      if (found < options.version) inTransaction(database, (db) => layOut(db, options))
    }
    if (options.pragmas !== undefined) database.exec(options.pragmas)
    return database
  } catch (error) {
    database?.close()
    throw rightsFault(error, path) ?? sqliteError(error, options.code, path)
  }
}

/** Readers need write access too, which SQLite's message does not tell. Null for an error with another cause. */
function rightsFault(error: unknown, path: string): RevalError | null {
  const code = sqliteCode(error)
  if (code !== CANNOT_OPEN && code !== READONLY) return null
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK)
    return null
  } catch (refused) {
    if (systemCode(refused) === 'ENOENT') return null
    const why = 'reading also needs write access, for the locks shared by readers and writers'
    return new RevalError('DATA_DIR_UNUSABLE', `${path} is not writable: ${why}`, { cause: error })
  }
}

/**
 * Turning a new file to the write-ahead log needs the file alone for a moment, and there SQLite refuses at once, busy
 * timeout or not, when several processes open it together.
 */
function setJournal(database: DatabaseSync, options: OpenOptions): void {
  const until = performance.now() + BUSY_TIMEOUT
  for (;;) {
    try {
      database.exec(JOURNALS[options.journal ?? 'write-ahead'])
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** A reader changes nothing. */
function upgradesOf({ upgrades = {}, readOnly = false }: OpenOptions): Readonly<Record<number, string>> {
  return readOnly ? {} : upgrades
}

function layOut(database: DatabaseSync, options: OpenOptions): void {
  // Another process may have created or upgraded the tables while this one waited for the lock.
  const found = layoutVersion(database)
  if (found === 0) database.exec(options.schema)
  for (let from = found; from > 0 && from < options.version; from += 1) database.exec(upgradesOf(options)[from] ?? '')
  database.exec(`PRAGMA user_version = ${options.version}`)
}

/** The layout that a file was created with; 0 if it has none yet. */
export function layoutVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}

/** Runs the action in one write transaction: all of it is stored, or nothing. */
export function inTransaction<T>(database: DatabaseSync, action: (database: DatabaseSync) => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = action(database)
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
