import { RevalError } from '../../errors/reval-error.ts'
import { directoryFault } from '../../errors/directory-fault.ts'
import { absolutePath, makeDirectory } from '../directories.ts'
import { markDirectory, stateOfDirectory } from './format-marker.ts'
import { becomeWorker, isWorked } from './worker-lock.ts'

/** A directory that holds what the embedded backends keep, opened by one process. */
export interface DataDirectory {
  /** Absolute. */
  readonly path: string
  /** Lets go of it; a worker closes its files first. Idempotent. */
  close(): Promise<void>
}

export interface OpenDirectoryOptions {
  /**
   * A `worker` syncs or serves, one process at a time; any number of readers look on beside it. A `filler` replaces the
   * sources, beside a worker too: who fills is settled by a lock of its own.
   */
  readonly role: 'worker' | 'filler' | 'reader'
}

/**
 * Opens a data directory. A worker or a filler makes it where it is missing or empty. A worker works alone until it
 * closes it or dies, however it dies; the locks are the system's, so the directory has to be on a disk that all its workers lock alike.
 * Rejects DATA_DIR_IN_USE (a second worker), DATA_DIR_NEWER (with nothing touched), DATA_DIR_UNUSABLE (missing for a
 * reader, not ours, not to be read or written), SOURCE_MISSING (empty, for a reader), DISK_FULL.
 */
export async function openDataDirectory(path: string, options: OpenDirectoryOptions): Promise<DataDirectory> {
  const absolute = absolutePath(path)
  try {
    switch (options.role) {
      case 'worker':
        return openAsWorker(absolute)
      case 'filler':
        return openAsFiller(absolute)
      case 'reader':
        return openAsReader(absolute)
    }
  } catch (error) {
    throw directoryFault(error, absolute)
  }
}

/** Whether a worker has the directory now; a look that disturbs nobody. Rejects DATA_DIR_UNUSABLE. */
export async function isWorkedOn(path: string): Promise<boolean> {
  const absolute = absolutePath(path)
  try {
    return isWorked(absolute)
  } catch (error) {
    throw directoryFault(error, absolute)
  }
}

function openAsFiller(path: string): DataDirectory {
  makeOurs(path)
  return { path, close: async () => undefined }
}

function makeOurs(path: string): void {
  const state = stateOfDirectory(path)
  if (state === 'missing') makeDirectory(path)
  if (state !== 'ours') markDirectory(path)
}

function openAsWorker(path: string): DataDirectory {
  makeOurs(path)
  const lock = becomeWorker(path)
  try {
    // Until the lock was taken, a worker of a later version may have arranged the directory anew.
    stateOfDirectory(path)
  } catch (error) {
    lock.release()
    throw error
  }
  return { path, close: async () => lock.release() }
}

function openAsReader(path: string): DataDirectory {
  const state = stateOfDirectory(path)
  if (state === 'missing') {
    const todo = 'Create it with reval load <dir> or reval demo-data, or use another --data-dir'
    throw new RevalError('DATA_DIR_UNUSABLE', `data directory ${path} does not exist. ${todo}`, { details: { path } })
  }
  if (state === 'empty') {
    throw new RevalError('SOURCE_MISSING', `${path} is empty: no sources loaded yet`, {
      details: { path },
    })
  }
  return { path, close: async () => undefined }
}
