import { join } from 'node:path'
import type { SourceTable } from '../../ports/source-filling.ts'
import { csvRows } from './csv-rows.ts'
import { EXPORT_FILES } from './export-files.ts'
import type { FaultInFile } from './faults.ts'
import { GMC_COLLECTIONS } from './gmc-collections.ts'
import { jsonRows } from './json-rows.ts'
import type { ReadRow } from './row-fields.ts'
import { TCS_TABLES } from './tcs-tables.ts'
import { textChunks, type TextChunk } from './text-chunks.ts'

type RowsOf = {
  readonly [T in SourceTable]: (chunks: AsyncIterable<TextChunk>) => AsyncIterable<readonly ReadRow<T>[]>
}

const ROWS_OF: RowsOf = {
  ContactDetails: (chunks) => csvRows(chunks, TCS_TABLES.ContactDetails),
  GmcDetails: (chunks) => csvRows(chunks, TCS_TABLES.GmcDetails),
  Person: (chunks) => csvRows(chunks, TCS_TABLES.Person),
  Programme: (chunks) => csvRows(chunks, TCS_TABLES.Programme),
  ProgrammeMembership: (chunks) => csvRows(chunks, TCS_TABLES.ProgrammeMembership),
  CurriculumMembership: (chunks) => csvRows(chunks, TCS_TABLES.CurriculumMembership),
  doctorsForDB: (chunks) => jsonRows(chunks, GMC_COLLECTIONS.doctorsForDB),
  recommendation: (chunks) => jsonRows(chunks, GMC_COLLECTIONS.recommendation),
  exceptionLogs: (chunks) => jsonRows(chunks, GMC_COLLECTIONS.exceptionLogs),
}

/**
 * The rows of a table in a folder of exports, some at a time, each with its faults. `onFault` takes what is wrong with
 * lines rather than rows. Throws `UnreadableExport` where the file cannot be read to its end.
 */
export function exportedRows<T extends SourceTable>(
  folder: string,
  table: T,
  onFault: (fault: FaultInFile) => void,
): AsyncIterable<readonly ReadRow<T>[]> {
  const rowsOf: RowsOf[T] = ROWS_OF[table]
  return rowsOf(reportingInvalid(textChunks(join(folder, EXPORT_FILES[table])), onFault))
}

async function* reportingInvalid(
  chunks: AsyncIterable<TextChunk>,
  onFault: (fault: FaultInFile) => void,
): AsyncGenerator<TextChunk> {
  for await (const chunk of chunks) {
    for (const line of chunk.invalidLines) onFault({ line, column: null, reason: 'the line is not UTF-8' })
    yield chunk
  }
}
