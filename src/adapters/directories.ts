import { mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { systemCode } from '../errors/directory-fault.ts'
import { RevalError } from '../errors/reval-error.ts'
import { shareAsParent } from './file-rights.ts'

/** The path from the root. Throws WORKING_DIRECTORY_GONE if it is relative to a directory that was removed. */
export function absolutePath(path: string): string {
  try {
    return resolve(path)
  } catch (error) {
    const reason = `the working directory no longer exists, and ${path} is relative to it`
    throw new RevalError('WORKING_DIRECTORY_GONE', reason, { cause: error })
  }
}

/**
 * Creates a directory for its owner alone if it is missing, and its parents, one after the other. With `recursive`, Node tries indefinitely if a
 * file system says ENOENT although the parent exists (/proc does), and says ENOENT where one cannot be written. Throws
 * what the file system says.
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
    shareAsParent(path)
  } catch (error) {
    const code = systemCode(error)
    // It existed, or another process created it meanwhile.
    if (code === 'EEXIST' && isDirectory(path)) return
    if (code !== 'ENOENT' || isDirectory(dirname(path))) throw error
    makeDirectory(dirname(path))
    makeDirectory(path)
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    // A broken link, or a path without permission.
    if (systemCode(error) === null) throw error
    return false
  }
}

/** Removes a file, if it exists. Windows does not remove open files: one in use is left to a later call. */
export function removeUnlessInUse(path: string, alsoLeft: readonly string[] = []): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    if (!['EBUSY', 'EPERM', ...alsoLeft].includes(systemCode(error) ?? '')) throw error
  }
}
