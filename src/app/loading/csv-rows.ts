import type { SourceTable } from '../../ports/source-filling.ts'
import type { Cell } from './cells.ts'
import { headerOf, type CsvHeader } from './csv-header.ts'
import { csvRecords, type CsvRecord } from './csv-records.ts'
import { fieldNames, readKey, readRow, type ReadRow, type TableFields } from './row-fields.ts'
import type { TextChunk } from './text-chunks.ts'

/**
 * The rows of a table in CSV. Columns are found by the header, others than the table's are ignored. Throws
 * `UnreadableExport`, also if a column is missing.
 */
export async function* csvRows<T extends SourceTable>(
  chunks: AsyncIterable<TextChunk>,
  fields: TableFields<T, Cell>,
): AsyncGenerator<readonly ReadRow<T>[]> {
  let known: CsvHeader | null = null
  for await (const records of csvRecords(chunks)) {
    // Chunks without records are not handed on.
    const [first = { line: 1, cells: [] }] = records
    const rows = known === null ? records.slice(1) : records
    const header: CsvHeader = known ?? headerOf(first, fieldNames(fields))
    known = header
    yield rows.map((record) => rowOf(record, header, fields))
  }
}

function rowOf<T extends SourceTable>(
  { line, cells }: CsvRecord,
  { width, positions }: CsvHeader,
  fields: TableFields<T, Cell>,
): ReadRow<T> {
  const cell = (name: string) => cellOf(cells[positions.get(name) ?? -1])
  if (cells.length === width) return readRow(fields, line, cell)
  const reason = `the row has ${cells.length} fields where the header has ${width}`
  return readKey(fields, { line, column: null, reason }, cell)
}

/** MySQL and the programs around it write NULL as `\N`, quoted or not; no value of TCS is that. */
function cellOf(text: string | undefined): Cell {
  return text === undefined || text === '' || text === '\\N' ? null : text
}
