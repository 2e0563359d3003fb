import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { globSync } from 'node:fs'
import ts from 'typescript'

export interface Import {
  /** The importing file, relative to `src`. */
  readonly from: string
  /** The imported file relative to `src`, or the name of a package or built-in module. */
  readonly to: string
  readonly isPackage: boolean
}

/** Every import of every file under `src`, static and dynamic. */
export function importsOf(source: string): Import[] {
  return globSync('**/*.ts', { cwd: source }).flatMap((from) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(source, from), 'utf8'), true, true)
    return importedFiles.map(({ fileName }) => {
      const isPackage = !fileName.startsWith('.')
      return { from, to: isPackage ? fileName : normalize(join(dirname(from), fileName)), isPackage }
    })
  })
}

/** Files under a folder, relative to it. */
export function filesOf(source: string): string[] {
  return globSync('**/*.ts', { cwd: source }).map((file) => relative('.', file))
}
