import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { directoryFault, systemCode } from '../../../errors/directory-fault.ts'
import type { Finding } from '../../../ports/finding.ts'
import { absolutePath } from '../../directories.ts'
import { fail, ok, warn } from '../../findings.ts'

// The types of file systems in memory on Linux: https://man7.org/linux/man-pages/man2/statfs.2.html
const TMPFS = 0x01021994
const RAMFS = 0x858458f6

/**
 * The maximum space of a trainee, with its number and its doctor's. Measured: 230 bytes with every field filled; the names
 * of several programmes may be longer.
 */
const BYTES_OF_TRAINEE = 1_000
/** Space for fewer trainees than this is a warning. */
const FEW_TRAINEES = 100_000

const REMEDY =
  'Correct REVAL_SCRATCH_DIR or the permissions of the directory; integration stores the data of a run in it.'

/** Checks the folder of scratch files, or where it will be created, and its free space. Changes nothing. */
export async function inspectWorkspace(folder: string): Promise<readonly Finding[]> {
  let what = `scratch directory ${folder}`
  try {
    const place = absolutePath(folder)
    what = `scratch directory ${place}`
    const existing = await nearestFolder(place)
    // A read-only file system refuses root as well.
    await access(existing, constants.W_OK | constants.X_OK)
    const { bavail, bsize, type } = await statfs(existing)
    return [
      placeFinding(what, { isThere: existing === place, inMemory: [TMPFS, RAMFS].includes(type) }),
      room(bavail * bsize),
    ]
  } catch (error) {
    return [fail(what, directoryFault(error, folder, 'WORKSPACE_UNUSABLE').message, REMEDY)]
  }
}

/** The folder, or the nearest one above it that exists. Throws ENOTDIR if something else is in its place. */
async function nearestFolder(place: string): Promise<string> {
  try {
    if ((await stat(place)).isDirectory()) return place
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(place) === place) throw error
    return nearestFolder(dirname(place))
  }
  throw Object.assign(new Error(`${place} is not a directory`), { code: 'ENOTDIR' })
}

function placeFinding(what: string, { isThere, inMemory }: { isThere: boolean; inMemory: boolean }): Finding {
  const found = isThere ? 'writable' : 'created on first use'
  if (!inMemory) return ok(what, found)
  const remedy = 'Set REVAL_SCRATCH_DIR to a directory on disk, unless memory can hold every trainee.'
  return warn(what, `${found}, but in memory (tmpfs)`, remedy)
}

function room(freeBytes: number): Finding {
  const what = 'scratch disk space'
  const trainees = Math.floor(freeBytes / BYTES_OF_TRAINEE)
  const free = Math.floor(freeBytes / 2 ** 20).toLocaleString('en-GB')
  const found = `${free} MiB free, enough for about ${trainees.toLocaleString('en-GB', { maximumSignificantDigits: 2 })} trainees`
  if (trainees >= FEW_TRAINEES) return ok(what, found)
  const remedy = 'Free space, or set REVAL_SCRATCH_DIR to a directory with more.'
  return trainees === 0 ? fail(what, found, remedy) : warn(what, found, remedy)
}
