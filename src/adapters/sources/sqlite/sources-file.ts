import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { RevalError } from '../../../errors/reval-error.ts'
import { openDatabase, sqliteCode } from '../../sqlite/database.ts'
import { LAYOUT, LAYOUT_VERSION, sourcesPath } from './layout.ts'

/**
 * Opens the sources of a data directory to read. Whoever has them open keeps reading them after a filling has replaced
 * them: the file is never changed, another one takes its name. Throws SOURCE_MISSING, DATA_DIR_NEWER,
 * DATA_DIR_UNUSABLE or SOURCE_FAILED.
 */
export function openSources(directory: string): DatabaseSync {
  const path = sourcesPath(directory)
  if (!existsSync(path)) {
    throw new RevalError('SOURCE_MISSING', `no sources in ${directory}`)
  }
  return openDatabase(path, { code: 'SOURCE_FAILED', version: LAYOUT_VERSION, schema: LAYOUT, readOnly: true })
}

/** Resolves when the sources can be read; where they were never filled there is nothing to read. */
export async function pingSources(directory: string): Promise<void> {
  openSources(directory).close()
}

/** An error while reading as a coded error: the file as a whole was fine when it was opened. */
export function readingError(error: unknown): RevalError {
  if (error instanceof RevalError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = sqliteCode(error)
  const shown = code === null ? reason : `${reason} (SQLite ${code})`
  return new RevalError('SOURCE_FAILED', `cannot read the sources: ${shown}`, { cause: error })
}
