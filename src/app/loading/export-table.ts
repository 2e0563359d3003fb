import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isOptional, type TcsTable } from '../../domain/tcs-tables.ts'
import type { SourceTable } from '../../ports/source-filling.ts'
import { refuseOtherCsv } from './csv-header.ts'
import { csvRows } from './csv-rows.ts'
import { EXPORT_FILES } from './export-files.ts'
import type { FaultInFile } from './faults.ts'
import { GMC_COLLECTIONS } from './gmc-collections.ts'
import { refuseOtherJson } from './json-form.ts'
import { jsonRows } from './json-rows.ts'
import { fieldNames, type ReadRow, type TableFields } from './row-fields.ts'
import { tcsFields } from './tcs-tables.ts'
import { textChunks, type TextChunk } from './text-chunks.ts'

/** How the file of a table is read. */
interface Format<T extends SourceTable> {
  /** Throws `UnreadableExport` if the file begins as another form of export. */
  readonly refuseForm: (beginning: string) => void
  readonly rows: (chunks: AsyncIterable<TextChunk>) => AsyncIterable<readonly ReadRow<T>[]>
}

function csv<T extends TcsTable>(table: T): Format<T> {
  const fields = tcsFields(table)
  const names = fieldNames(fields)
  return { refuseForm: (beginning) => refuseOtherCsv(beginning, names), rows: (chunks) => csvRows(chunks, fields) }
}

function json<T extends SourceTable>(_table: T, fields: TableFields<T, unknown>): Format<T> {
  return { refuseForm: refuseOtherJson, rows: (chunks) => jsonRows(chunks, fields) }
}

const FORMATS: { readonly [T in SourceTable]: Format<T> } = {
  ContactDetails: csv('ContactDetails'),
  GmcDetails: csv('GmcDetails'),
  Person: csv('Person'),
  Programme: csv('Programme'),
  ProgrammeMembership: csv('ProgrammeMembership'),
  CurriculumMembership: csv('CurriculumMembership'),
  Placement: csv('Placement'),
  doctorsForDB: json('doctorsForDB', GMC_COLLECTIONS.doctorsForDB),
  recommendation: json('recommendation', GMC_COLLECTIONS.recommendation),
  exceptionLogs: json('exceptionLogs', GMC_COLLECTIONS.exceptionLogs),
}

/**
 * The rows of a table in a folder of exports, some at a time, each with its faults. `onFault` takes what is wrong with
 * lines rather than rows. Throws `UnreadableExport` if the file cannot be read to its end.
 */
export function exportedRows<T extends SourceTable>(
  folder: string,
  table: T,
  onFault: (fault: FaultInFile) => void,
): AsyncIterable<readonly ReadRow<T>[]> {
  const { refuseForm, rows }: Format<T> = FORMATS[table]
  const path = join(folder, EXPORT_FILES[table])
  if (isOptional(table) && !existsSync(path)) return none()
  return rows(reportingInvalid(textChunks(path, refuseForm), onFault))
}

async function* none(): AsyncGenerator<never> {}

async function* reportingInvalid(
  chunks: AsyncIterable<TextChunk>,
  onFault: (fault: FaultInFile) => void,
): AsyncGenerator<TextChunk> {
  for await (const chunk of chunks) {
    for (const line of chunk.invalidLines) onFault({ line, column: null, reason: 'the line is not UTF-8' })
    yield chunk
  }
}
