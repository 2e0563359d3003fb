import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { directoryFault } from '../../../errors/directory-fault.ts'
import type { RevalError } from '../../../errors/reval-error.ts'
import { absolutePath, makeDirectory, removeUnlessInUse } from '../../directories.ts'
import { sqliteCode, sqliteError } from '../../sqlite/database.ts'

const NAME = /^run-[0-9a-f-]{36}\.scratch$/

/**
 * All the memory that a file takes, however large it becomes. Measured with 100,000 trainees: 2 and 16 MiB are as fast.
 * What `TraineeTable` sorts at a time has to fit.
 */
const CACHE_KIB = 8 * 1024

export interface ScratchFileOptions {
  /** The maximum of pages of the file, to simulate a full disk in tests. */
  readonly maxPages?: number
}

/** An SQLite file that no other process can open, and that disappears when this process ends, however it ends. */
export interface ScratchFile {
  readonly path: string
  readonly database: DatabaseSync
  /** Frees the disk space. */
  close(): void
}

/**
 * Makes a scratch file in a folder, which is made where it is missing. The file has a name only until SQLite has it open;
 * then the system keeps it for this process alone. Throws WORKSPACE_UNUSABLE or DISK_FULL.
 */
export function openScratchFile(folder: string, { maxPages }: ScratchFileOptions = {}): ScratchFile {
  const place = absolutePath(folder)
  const path = join(place, `run-${randomUUID()}.scratch`)
  try {
    makeDirectory(place)
    removeLeftovers(place)
    // Created here and not by SQLite, for the system's error message. The file contains personal data.
    closeSync(openSync(path, 'wx', 0o600))
    return openNameless(path, maxPages)
  } catch (error) {
    throw openingFault(error, place)
  }
}

/**
 * Nothing is ever rolled back: a statement that fails ends the workspace, so there is no journal. Nor is anything sorted
 * that does not fit into the cache (`TraineeTable` sees to that): SQLite would use files in another folder.
 */
function openNameless(path: string, maxPages: number | undefined): ScratchFile {
  // Node's defensive mode would keep the journal, and with it a file beside this one.
  const database = new DatabaseSync(path, { defensive: false })
  const close = () => {
    database.close()
    removeUnlessInUse(path)
  }
  try {
    const limit = maxPages === undefined ? '' : `PRAGMA max_page_count = ${maxPages};`
    database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -${CACHE_KIB}; ${limit}`)
    // Windows does not remove open files.
    if (process.platform !== 'win32') rmSync(path, { force: true })
    return { path, database, close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * Removes files whose process was killed before it took their name away; they are empty. Another process may be about to
 * do the same with a file that it is opening at this moment, which does no harm: once SQLite has the file open, losing its
 * name is what was wanted; before that, SQLite makes a new one of that name, and that one's name is taken away. On Windows
 * a file that is open stays, and one whose process died is removed here.
 */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    // Another user's file is left to its owner.
    if (NAME.test(name)) removeUnlessInUse(join(folder, name), ['EACCES'])
  }
}

function openingFault(error: unknown, folder: string): RevalError {
  // Of SQLite's errors only a full disk has another remedy than correcting the folder.
  const fault = sqliteCode(error) === null ? null : sqliteError(error, 'WORKSPACE_UNUSABLE', folder)
  if (fault?.code === 'DISK_FULL') return fault
  return directoryFault(error, `scratch directory ${folder}`, 'WORKSPACE_UNUSABLE')
}
