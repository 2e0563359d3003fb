import { CsvError, parse, type Parser } from 'csv-parse'
import type { TextChunk } from './text-chunks.ts'
import { UnreadableExport } from './unreadable-export.ts'

/** One record of CSV (RFC 4180) and the line on which it begins, from 1. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * The records of a file, the header being the first one, as many at a time as a chunk holds. Blank lines are
 * skipped; the number of cells is for the reader to judge. Throws `UnreadableExport` if quotes are wrong: from
 * there on nothing tells text from structure.
 */
export async function* csvRecords(chunks: AsyncIterable<TextChunk>): AsyncGenerator<readonly CsvRecord[]> {
  let records: CsvRecord[] = []
  // Counted here: the parser's own count is wrong after line ends of CR and LF inside of quotes.
  let next = 1
  let blank = 0
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (cells: string[], context) => {
      // Blank lines are passed over.
      const line = next + context.empty_lines - blank
      records.push({ line, cells })
      next = line + 1 + lineFeedsIn(cells)
      blank = context.empty_lines
      // The parser must not queue records: it would stop once its queue is full.
      return null
    },
  })
  // The write that caused an error rejects with it.
  parser.on('error', () => undefined)
  try {
    for await (const { bytes } of chunks) {
      await written(parser, bytes)
      if (records.length > 0) yield records
      records = []
    }
    await written(parser, null)
    if (records.length > 0) yield records
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (records.length > 0) yield records
    const reason = `invalid quoting (${error.code}); cannot read the file from here on`
    const line = next + parser.info.empty_lines - blank
    throw new UnreadableExport([{ line, column: null, reason }], { cause: error })
  } finally {
    parser.destroy()
  }
}

function lineFeedsIn(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1
  }
  return count
}

function written(parser: Parser, bytes: Buffer | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (error) reject(error)
      else resolve()
    }
    if (bytes === null) parser.end(done)
    else parser.write(bytes, done)
  })
}
