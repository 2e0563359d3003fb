import { statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { systemCode } from '../../errors/directory-fault.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { Finding } from '../../ports/finding.ts'
import type { TraineeSource } from '../../ports/sources.ts'
import { absolutePath } from '../directories.ts'
import { excessOf, isShared } from '../file-rights.ts'
import { fail, failFor, ok, warn } from '../findings.ts'

/** Less free space than this is a warning: a generation of a hundred thousand doctors and its log. */
const LITTLE_BYTES = 200 * 2 ** 20

/** Whether a data directory has free space, is closed to other users, and has sources. */
export async function inspectDirectory(directory: string, source: TraineeSource): Promise<readonly Finding[]> {
  return [await freeSpace(directory), ...rightsOf(directory), await sourcesIn(directory, source)]
}

/** Who else may use the directory; none if that is unknown. */
function rightsOf(directory: string): readonly Finding[] {
  const what = 'rights to the data directory'
  try {
    const shared = isShared(directory)
    const excess = excessOf(directory, { shared })
    const mode = (statSync(directory).mode & 0o7777).toString(8)
    if (excess === 0) return [ok(what, shared ? `shared with its group (${mode})` : `for its owner alone (${mode})`)]
    const remedy = `The next run of its owner corrects it; or chmod ${shared ? 'o=' : 'go='} ${directory}.`
    return [warn(what, `other users may read personal data (${mode})`, remedy)]
  } catch (error) {
    // A directory that is missing or out of reach has a finding already.
    if (systemCode(error) !== null) return []
    throw error
  }
}

async function freeSpace(directory: string): Promise<Finding> {
  let what = `data directory ${directory}`
  try {
    what = `data directory ${absolutePath(directory)}`
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    const found = `${Math.floor(free / 2 ** 20).toLocaleString('en-GB')} MiB free`
    if (free >= LITTLE_BYTES) return ok(what, found)
    return warn(what, found, 'Free space: a run needs room for another generation.')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ok(what, 'created on first use')
    return fail(what, asRevalError(error).message, 'Correct REVAL_DATA_DIR or the permissions of the directory.')
  }
}

async function sourcesIn(directory: string, source: TraineeSource): Promise<Finding> {
  const what = 'sources'
  try {
    await source.ping()
    return ok(what, `loaded in ${directory}`)
  } catch (error) {
    return failFor(what, error)
  }
}
