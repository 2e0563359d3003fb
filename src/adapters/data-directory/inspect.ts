import { statfs } from 'node:fs/promises'
import { absolutePath } from '../directories.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { Finding } from '../../ports/finding.ts'
import type { TraineeSource } from '../../ports/sources.ts'

/** Less free space than this is worth knowing: a generation of a hundred thousand doctors and its log. */
const LITTLE_BYTES = 200 * 2 ** 20

/** What stands in the way of working on a data directory. */
export async function inspectDirectory(directory: string, source: TraineeSource): Promise<readonly Finding[]> {
  return [await freeSpace(directory), await sourcesIn(directory, source)]
}

async function freeSpace(directory: string): Promise<Finding> {
  let what = `data directory ${directory}`
  try {
    what = `data directory ${absolutePath(directory)}`
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    const found = `${Math.floor(free / 2 ** 20).toLocaleString('en-GB')} MiB free`
    return free >= LITTLE_BYTES
      ? { what, standing: 'good', found }
      : { what, standing: 'doubtful', found, remedy: 'Free space: a run needs room for another generation.' }
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (missing) return { what, standing: 'good', found: 'created on first use' }
    const found = error instanceof Error ? error.message : String(error)
    return { what, standing: 'bad', found, remedy: 'Correct REVAL_DATA_DIR or the permissions of the directory.' }
  }
}

async function sourcesIn(directory: string, source: TraineeSource): Promise<Finding> {
  const what = 'sources'
  try {
    await source.ping()
    return { what, standing: 'good', found: `filled, in ${directory}` }
  } catch (error) {
    const { message, remedy } = asRevalError(error)
    return { what, standing: 'bad', found: message, remedy }
  }
}
