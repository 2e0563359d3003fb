import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import type { DoctorSource, ExceptionSource, Snapshot, TraineeSource } from '../../../ports/sources.ts'
import { doctorsOf, doctorsOfRecommendations, personsOf, reasonsOf } from './by-key.ts'
import { DOCTOR_RECORDS } from './doctor-records.ts'
import { EXCEPTION_RECORDS } from './exception-records.ts'
import { openSources, readingError, rowsWhere } from './reading.ts'
import type { RecordKind, SourcesOptions } from './schema.ts'
import { TRAINEE_RECORDS } from './trainee-records.ts'

// Each source is in the order of trimmed GMC numbers, and nothing is open between calls: an open file would keep
// answering from sources that were replaced meanwhile.

export function openTraineeSource({ directory }: SourcesOptions): TraineeSource {
  return { ...sourceOf(directory, TRAINEE_RECORDS), recordsOf: (keys) => personsOf(directory, keys) }
}

export function openDoctorSource({ directory }: SourcesOptions): DoctorSource {
  return {
    ...sourceOf(directory, DOCTOR_RECORDS),
    recordsOf: (keys) => doctorsOf(directory, keys),
    doctorsOfRecommendations: (ids) => doctorsOfRecommendations(directory, ids),
  }
}

export function openExceptionSource({ directory }: SourcesOptions): ExceptionSource {
  return { ...sourceOf(directory, EXCEPTION_RECORDS), reasonsOf: (numbers) => reasonsOf(directory, numbers) }
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
