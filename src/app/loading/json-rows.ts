import type { SourceTable } from '../../ports/source-filling.ts'
import { readRow, type ReadRow, type TableFields } from './row-fields.ts'
import type { TextChunk } from './text-chunks.ts'

/** The rows of a collection, one document of Extended JSON a line; fields other than the collection's are ignored. */
export async function* jsonRows<T extends SourceTable>(
  chunks: AsyncIterable<TextChunk>,
  fields: TableFields<T, unknown>,
): AsyncGenerator<readonly ReadRow<T>[]> {
  for await (const { bytes, line } of chunks) {
    const lines = bytes.toString('utf8').split('\n')
    yield lines.flatMap((text, index) => (text.trim() === '' ? [] : [rowOf(text, line + index, fields)]))
  }
}

function rowOf<T extends SourceTable>(text: string, line: number, fields: TableFields<T, unknown>): ReadRow<T> {
  const document = documentOf(text)
  if (document === null) {
    return { line, values: null, faults: [{ line, column: null, reason: 'the line is not a JSON document' }] }
  }
  return readRow(fields, line, (name) => (Object.hasOwn(document, name) ? document[name] : undefined))
}

function documentOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isDocument(value) ? value : null
  } catch {
    // The parser's own words would show a piece of the row.
    return null
  }
}

function isDocument(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
