import { chmodSync, closeSync, fchmodSync, lstatSync, openSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../errors/directory-fault.ts'

/** The set-group-id bit and the right of the group to write: an operator shares a directory with a group by `chmod g+ws`. */
const SHARED = 0o2020
const OF_OTHERS = 0o077
const OF_STRANGERS = 0o007

/** Windows has other permissions, which files inherit from their directory. */
const HAS_MODES = process.platform !== 'win32'

/** Whether an operator shares a directory with its group; otherwise what is in it is for its owner alone. */
export function isShared(directory: string): boolean {
  return (statSync(directory).mode & SHARED) === SHARED
}

/** The rights that others have to a file or directory and should not; 0 if there are none. */
export function excessOf(path: string, { shared }: { readonly shared: boolean }): number {
  return HAS_MODES ? lstatSync(path).mode & (shared ? OF_STRANGERS : OF_OTHERS) : 0
}

/**
 * Creates an empty file if it is missing, whatever the umask: for the owner, and for the group of a shared directory. SQLite keeps
 * these rights, also for the files beside it. Leaves an existing file alone: closing it would release the locks of this process.
 */
export function createFile(path: string): void {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    // It exists; or opening it will fail with a better error.
    if (systemCode(error) !== null) return
    throw error
  }
  try {
    if (HAS_MODES && isShared(dirname(path))) fchmodSync(file, 0o660)
  } finally {
    closeSync(file)
  }
}

/** Gives a new folder the rights of the directory that it is in. */
export function shareAsParent(folder: string): void {
  if (HAS_MODES && isShared(dirname(folder))) chmodSync(folder, 0o2770)
}

/** Takes the rights of others from a directory, and from the files in it and in its folders. */
export function tighten(directory: string): void {
  if (!HAS_MODES) return
  const rights = { shared: isShared(directory) }
  tightenOne(directory, rights)
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    // A link leads to what the operator keeps elsewhere; `lost+found` is root's.
    if (entry.isFile()) tightenOne(path, rights)
    if (!entry.isDirectory() || entry.name === 'lost+found') continue
    tightenOne(path, rights)
    for (const inner of readdirSync(path, { withFileTypes: true })) {
      if (inner.isFile()) tightenOne(join(path, inner.name), rights)
    }
  }
}

function tightenOne(path: string, rights: { readonly shared: boolean }): void {
  try {
    const excess = excessOf(path, rights)
    if (excess !== 0) chmodSync(path, lstatSync(path).mode & 0o7777 & ~excess)
  } catch (error) {
    // Removed meanwhile, or another user's, who must do it: `reval config check` says so.
    if (!['ENOENT', 'EPERM'].includes(systemCode(error) ?? '')) throw error
  }
}
