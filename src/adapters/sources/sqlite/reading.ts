import { existsSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { RevalError } from '../../../errors/reval-error.ts'
import { openDatabase, sqliteCode } from '../../sqlite/database.ts'
import { LAYOUT, LAYOUT_VERSION, sourcesPath, type RecordKind } from './schema.ts'

/**
 * Opens the sources of a data directory to read. Once open, they stay as they are: a filling never changes the file,
 * another one takes its name. Throws SOURCE_MISSING, DATA_DIR_NEWER, DATA_DIR_UNUSABLE or SOURCE_FAILED.
 */
export function openSources(directory: string): DatabaseSync {
  const path = sourcesPath(directory)
  if (!existsSync(path)) throw new RevalError('SOURCE_MISSING', `no sources in ${directory}`)
  return openDatabase(path, { code: 'SOURCE_FAILED', version: LAYOUT_VERSION, schema: LAYOUT, readOnly: true })
}

/** Opens the sources for one answer. Throws as `openSources`, and SOURCE_FAILED. */
export function withSources<Answer>(directory: string, read: (database: DatabaseSync) => Answer): Answer {
  const database = openSources(directory)
  try {
    return read(database)
  } catch (error) {
    throw readingError(error)
  } finally {
    database.close()
  }
}

/** The rows that match a condition on the table, by position. Throws SOURCE_FAILED. */
export function rowsWhere<Fields extends readonly unknown[], Row>(
  database: DatabaseSync,
  { table, rowOf }: RecordKind<Fields, Row>,
  condition: string,
  values: readonly SQLInputValue[],
): readonly Row[] {
  try {
    // One text and one parse for all rows are faster than one for each.
    const joined = "group_concat(record, ',' ORDER BY position)"
    const select = database.prepare(`SELECT ${joined} AS records FROM ${table} WHERE ${condition}`)
    const records = `[${String(select.get(...values)?.records ?? '')}]`
    // The type is that of `RecordKind` for this layout.
    return (JSON.parse(records) as readonly Fields[]).map(rowOf)
  } catch (error) {
    throw readingError(error)
  }
}

/** An error while reading as a coded error: the file as a whole was fine when it was opened. */
export function readingError(error: unknown): RevalError {
  if (error instanceof RevalError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = sqliteCode(error)
  const shown = code === null ? reason : `${reason} (SQLite ${code})`
  return new RevalError('SOURCE_FAILED', `cannot read the sources: ${shown}`, { cause: error })
}
