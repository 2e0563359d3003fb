import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { RevalError } from '../../errors/reval-error.ts'
import { directoryFault } from './directory-fault.ts'
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
  /** A `worker` fills, syncs or serves, one process at a time; any number of readers look on beside it. */
  readonly role: 'worker' | 'reader'
}

/**
 * Opens a data directory. A worker makes it where it is missing or empty, and has it alone until it closes it or dies,
 * however it dies; the locks are the system's, so the directory has to be on a disk that all its workers lock alike.
 * Rejects DATA_DIR_IN_USE (a second worker), DATA_DIR_NEWER (with nothing touched), DATA_DIR_UNUSABLE (missing for a
 * reader, not ours, not to be read or written), SOURCE_MISSING (empty, for a reader), DISK_FULL.
 */
export async function openDataDirectory(path: string, options: OpenDirectoryOptions): Promise<DataDirectory> {
  const absolute = resolve(path)
  try {
    return options.role === 'worker' ? openAsWorker(absolute) : openAsReader(absolute)
  } catch (error) {
    throw directoryFault(error, absolute)
  }
}

/** Whether a worker has the directory now; a look that disturbs nobody. Rejects DATA_DIR_UNUSABLE. */
export async function isWorkedOn(path: string): Promise<boolean> {
  const absolute = resolve(path)
  try {
    return isWorked(absolute)
  } catch (error) {
    throw directoryFault(error, absolute)
  }
}

function openAsWorker(path: string): DataDirectory {
  const state = stateOfDirectory(path)
  if (state === 'missing') mkdirSync(path, { recursive: true })
  if (state !== 'ours') markDirectory(path)
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
    const todo = 'Make it with reval load <dir> or reval demo-data, or name another with --data-dir'
    throw new RevalError('DATA_DIR_UNUSABLE', `there is no data directory ${path}. ${todo}`, { details: { path } })
  }
  if (state === 'empty') {
    throw new RevalError('SOURCE_MISSING', `${path} is empty: no sources were loaded into it yet`, {
      details: { path },
    })
  }
  return { path, close: async () => undefined }
}
