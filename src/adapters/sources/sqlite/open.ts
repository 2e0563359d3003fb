import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { gmcNumber, type GmcNumber } from '../../../domain/gmc-number.ts'
import { textOrNull } from '../../../domain/text.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { DoctorSource, ExceptionSource, Snapshot, TraineeSource } from '../../../ports/sources.ts'
import { openDatabase, sqliteCode } from '../../sqlite/database.ts'
import { DOCTOR_RECORDS } from './doctor-records.ts'
import { EXCEPTION_RECORDS } from './exception-records.ts'
import { LAYOUT, LAYOUT_VERSION, sourcesPath, type RecordKind, type SourcesOptions } from './schema.ts'
import { TRAINEE_RECORDS } from './trainee-records.ts'

// Each source is in the order of trimmed GMC numbers, and nothing is open between calls: an open file would keep
// answering from sources that were replaced meanwhile.

export function openTraineeSource({ directory }: SourcesOptions): TraineeSource {
  return sourceOf(directory, TRAINEE_RECORDS)
}

export function openDoctorSource({ directory }: SourcesOptions): DoctorSource {
  return sourceOf(directory, DOCTOR_RECORDS)
}

export function openExceptionSource({ directory }: SourcesOptions): ExceptionSource {
  return { ...sourceOf(directory, EXCEPTION_RECORDS), reasonsOf: (numbers) => reasonsOf(directory, numbers) }
}

/**
 * Opens the sources of a data directory to read. Once open, they stay as they are: a filling never changes the file,
 * another one takes its name. Throws SOURCE_MISSING, DATA_DIR_NEWER, DATA_DIR_UNUSABLE or SOURCE_FAILED.
 */
export function openSources(directory: string): DatabaseSync {
  const path = sourcesPath(directory)
  if (!existsSync(path)) throw new RevalError('SOURCE_MISSING', `no sources in ${directory}`)
  return openDatabase(path, { code: 'SOURCE_FAILED', version: LAYOUT_VERSION, schema: LAYOUT, readOnly: true })
}

function sourceOf<Fields extends readonly unknown[], Row>(directory: string, kind: RecordKind<Fields, Row>) {
  return {
    snapshot: () => openSnapshot(directory, kind),
    ping: async () => openSources(directory).close(),
    close: () => Promise.resolve(),
  }
}

async function openSnapshot<Fields extends readonly unknown[], Row>(
  directory: string,
  kind: RecordKind<Fields, Row>,
): Promise<Snapshot<Row>> {
  const database = openSources(directory)
  try {
    const edition = database.prepare('SELECT edition FROM filling').get()?.edition
    // Positions have no gaps, so the last one is the count.
    const expected = database.prepare(`SELECT coalesce(max(position), 0) AS last FROM ${kind.table}`).get()?.last
    return {
      edition: typeof edition === 'string' ? edition : null,
      expected: Number(expected),
      batches: (size) => batches(database, kind, size),
      [Symbol.asyncDispose]: async () => {
        if (database.isOpen) database.close()
      },
    }
  } catch (error) {
    database.close()
    throw readingError(error)
  }
}

async function* batches<Fields extends readonly unknown[], Row>(
  database: DatabaseSync,
  kind: RecordKind<Fields, Row>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  for (let position = 0; ; position += size) {
    const rows = rowsWhere(database, kind, 'position > ? AND position <= ?', [position, position + size])
    if (rows.length > 0) yield rows
    if (rows.length < size) return
    // SQLite answers synchronously: without this the process would do nothing else until the end.
    await setImmediate()
  }
}

async function reasonsOf(directory: string, numbers: readonly GmcNumber[]): Promise<ReadonlyMap<GmcNumber, string>> {
  const database = openSources(directory)
  try {
    const wanted = JSON.stringify(numbers)
    const rows = rowsWhere(database, EXCEPTION_RECORDS, 'key IN (SELECT value FROM json_each(?))', [wanted])
    const reasons = new Map<GmcNumber, string>()
    for (const { storedId, reason } of rows) {
      const number = gmcNumber(storedId)
      const written = textOrNull(reason)
      if (number !== null && written !== null) reasons.set(number, written)
    }
    return reasons
  } finally {
    database.close()
  }
}

/** The rows that match a condition on the table, by position. Throws SOURCE_FAILED. */
function rowsWhere<Fields extends readonly unknown[], Row>(
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
function readingError(error: unknown): RevalError {
  if (error instanceof RevalError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = sqliteCode(error)
  const shown = code === null ? reason : `${reason} (SQLite ${code})`
  return new RevalError('SOURCE_FAILED', `cannot read the sources: ${shown}`, { cause: error })
}
