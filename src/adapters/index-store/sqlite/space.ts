import { stat, statfs } from 'node:fs/promises'
import type { GenerationId, StoreSpace } from '../../../ports/index-store.ts'
import { GenerationFiles, SIDE_FILES } from './generation-files.ts'

/** How large the files of these generations are, and what is free beside them. */
export async function spaceIn(directory: string, ids: readonly GenerationId[]): Promise<StoreSpace> {
  const files = new GenerationFiles(directory, { maxPages: null })
  const sizes = ids.map(async (id) => {
    const parts = ['', ...SIDE_FILES].map((suffix) => sizeOf(files.path(id) + suffix))
    return [id, (await Promise.all(parts)).reduce((sum, size) => sum + size, 0)] as const
  })
  const { bavail, bsize } = await statfs(directory)
  return { bytes: Object.fromEntries(await Promise.all(sizes)), free: bavail * bsize }
}

/** 0 for a file that does not exist: the log comes and goes. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
