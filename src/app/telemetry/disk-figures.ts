import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { figure, type Figure, type FigureSource } from './figures.ts'

/** Free space of the disks of these directories, by what they are for. A directory that does not exist yet counts as its parent. */
export function diskFigures(directories: Readonly<Record<string, string>>): FigureSource {
  return async () => {
    const found = await Promise.all(
      Object.entries(directories).map(async ([directory, path]): Promise<readonly Figure[]> => {
        const space = await spaceOf(path)
        if (space === null) return []
        const { bsize, bavail, blocks } = space
        return [figure('diskFree', bavail * bsize, { directory }), figure('diskSize', blocks * bsize, { directory })]
      }),
    )
    return found.flat()
  }
}

async function spaceOf(path: string): Promise<StatsFs | null> {
  try {
    return await statfs(path)
  } catch {
    // The scratch directory is created by the first run.
    return dirname(path) === path ? null : spaceOf(dirname(path))
  }
}
