import type { SourceTable } from '../../ports/source-filling.ts'
import type { Cell } from './cells.ts'
import { csvRecords, type CsvRecord } from './csv-records.ts'
import { fieldNames, readRow, type ReadRow, type TableFields } from './row-fields.ts'
import type { TextChunk } from './text-chunks.ts'
import { UnreadableExport } from './unreadable-export.ts'

/**
 * The rows of a table in CSV. Columns are found by the header, others than the table's are ignored. Throws
 * `UnreadableExport`, also where a column is missing.
 */
export async function* csvRows<T extends SourceTable>(
  chunks: AsyncIterable<TextChunk>,
  fields: TableFields<T, Cell>,
): AsyncGenerator<readonly ReadRow<T>[]> {
  let header: Header | undefined
  for await (const records of csvRecords(chunks)) {
    const rows = header === undefined ? records.slice(1) : records
    header ??= headerOf(records[0], fieldNames(fields))
    const { width, positions } = header
    yield rows.map((record) => rowOf(record, width, positions, fields))
  }
  if (header === undefined) headerOf(undefined, fieldNames(fields))
}

interface Header {
  readonly width: number
  readonly positions: ReadonlyMap<string, number>
}

function headerOf(record: CsvRecord | undefined, names: readonly string[]): Header {
  const { line, cells } = record ?? { line: 1, cells: [] }
  const faults = names.flatMap((name) => {
    const reason = headerFault(cells, name)
    return reason === null ? [] : [{ line, column: name, reason }]
  })
  if (faults.length > 0) throw new UnreadableExport(faults)
  return { width: cells.length, positions: new Map(names.map((name) => [name, cells.indexOf(name)])) }
}

function headerFault(cells: readonly string[], name: string): string | null {
  const first = cells.indexOf(name)
  if (first < 0) return 'the header lacks this column'
  return cells.includes(name, first + 1) ? 'the header has this column twice' : null
}

function rowOf<T extends SourceTable>(
  { line, cells }: CsvRecord,
  width: number,
  positions: ReadonlyMap<string, number>,
  fields: TableFields<T, Cell>,
): ReadRow<T> {
  if (cells.length !== width) {
    const reason = `the row has ${cells.length} fields where the header has ${width}`
    return { line, values: null, faults: [{ line, column: null, reason }] }
  }
  return readRow(fields, line, (name) => cells[positions.get(name) ?? -1] || null)
}
