import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { directoryFault, systemCode } from '../../../errors/directory-fault.ts'
import type { Finding } from '../../../ports/finding.ts'
import { absolutePath } from '../../directories.ts'
import { bad, doubtful, good } from '../../findings.ts'

// The types of file systems that are memory, as Linux tells them: https://man7.org/linux/man-pages/man2/statfs.2.html
const TMPFS = 0x01021994
const RAMFS = 0x858458f6

/**
 * What a trainee takes at most, with its number and its doctor's. Measured: 230 bytes with every field filled; names of
 * several programmes may be longer.
 */
const BYTES_OF_TRAINEE = 1_000
/** Room for fewer trainees than this is worth knowing. */
const FEW_TRAINEES = 100_000

const REMEDY =
  'Correct REVAL_SCRATCH_DIR or the permissions of the directory; integration stores the data of a run in it.'

/** Looks at the folder of scratch files, or where it will be made, and at its free space. Changes nothing. */
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
    return [bad(what, directoryFault(error, folder, 'WORKSPACE_UNUSABLE').message, REMEDY)]
  }
}

/** The folder, or the nearest one above it that exists. Throws ENOTDIR where something else is in its place. */
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
  if (!inMemory) return good(what, found)
  const remedy = 'Set REVAL_SCRATCH_DIR to a directory on disk, unless memory can hold every trainee.'
  return doubtful(what, `${found}, but in memory (tmpfs)`, remedy)
}

function room(freeBytes: number): Finding {
  const what = 'scratch disk space'
  const trainees = Math.floor(freeBytes / BYTES_OF_TRAINEE)
  const shown = (count: number) => count.toLocaleString('en-GB')
  const found = `${shown(Math.floor(freeBytes / 2 ** 20))} MiB free, enough for at least ${shown(trainees)} trainees`
  if (trainees >= FEW_TRAINEES) return good(what, found)
  const remedy = 'Free space, or set REVAL_SCRATCH_DIR to a directory with more.'
  return trainees === 0 ? bad(what, found, remedy) : doubtful(what, found, remedy)
}
