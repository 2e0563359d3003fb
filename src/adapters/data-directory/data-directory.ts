import { RevalError } from '../../errors/reval-error.ts'
import { directoryFault } from '../../errors/directory-fault.ts'
import { absolutePath, makeDirectory } from '../directories.ts'
import { tighten } from '../file-rights.ts'
import type { FileLock } from '../sqlite/file-lock.ts'
import { markDirectory, stateOfDirectory } from './format-marker.ts'
import { becomeWorker, isWorked } from './worker-lock.ts'

/** The directory of the embedded backends, opened by one process. */
export interface DataDirectory {
  /** Releases it; a worker closes its files first. Idempotent. */
  close(): Promise<void>
}

export interface OpenDirectoryOptions {
  /**
   * A `worker` syncs or serves, one process at a time; any number of readers may read meanwhile. A `filler` replaces the
   * sources, also while a worker is active: filling has its own lock.
   */
  readonly role: 'worker' | 'filler' | 'reader'
}

/**
 * Opens a data directory. A worker or a filler creates it if it is missing or empty, and takes the rights of other users from
 * it, or of all but its group if the operator shares it (`isShared`). A worker works alone until it
 * closes it or dies, however it dies; the locks are the system's, so the directory must be on a disk that all its workers lock alike.
 * Rejects DATA_DIR_IN_USE (a second worker), DATA_DIR_NEWER (nothing is changed), DATA_DIR_UNUSABLE (missing for a
 * reader, not a reval directory, not readable or writable), SOURCE_MISSING (empty, for a reader), DISK_FULL.
 */
export async function openDataDirectory(path: string, { role }: OpenDirectoryOptions): Promise<DataDirectory> {
  const absolute = absolutePath(path)
  try {
    if (role === 'reader') assertFilled(absolute)
    else makeOurs(absolute)
    const lock = role === 'worker' ? lockFor(absolute) : null
    return { close: async () => lock?.release() }
  } catch (error) {
    throw directoryFault(error, absolute)
  }
}

/** Whether a worker has the directory now, without disturbing it. Rejects DATA_DIR_UNUSABLE. */
export async function isWorkedOn(path: string): Promise<boolean> {
  const absolute = absolutePath(path)
  try {
    return isWorked(absolute)
  } catch (error) {
    throw directoryFault(error, absolute)
  }
}

function assertFilled(path: string): void {
  const state = stateOfDirectory(path)
  if (state === 'missing') {
    const todo = 'Create it with reval load <dir> or reval demo-data, or use another --data-dir'
    throw new RevalError('DATA_DIR_UNUSABLE', `data directory ${path} does not exist. ${todo}`, { details: { path } })
  }
  if (state === 'empty') {
    throw new RevalError('SOURCE_MISSING', `${path} is empty: no sources loaded yet`, { details: { path } })
  }
}

function makeOurs(path: string): void {
  const state = stateOfDirectory(path)
  if (state === 'missing') makeDirectory(path)
  if (state !== 'ours') markDirectory(path)
  // An earlier version, or the operator, may have made it with more rights.
  tighten(path)
}

function lockFor(path: string): FileLock {
  const lock = becomeWorker(path)
  try {
    // Before the lock was acquired, a worker of a later version may have changed the format of the directory.
    stateOfDirectory(path)
    return lock
  } catch (error) {
    lock.release()
    throw error
  }
}
