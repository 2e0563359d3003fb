import { CsvRowCounter } from '../app/lists/list-csv.ts'
import { gmcNumberIn } from '../app/lists/list-request.ts'
import type { DownloadRecord } from './audited.ts'
import type { CommandContext } from './command.ts'
import { writePieces } from './output.ts'

/** The most row ids that one audit entry records. */
const MOST_ROWS = 40

/**
 * What the audit log records of a search, besides the rows shown: only a GMC number. Typed names are not kept, because an erasure
 * could not find them.
 */
export function searchedFor(search: string | null) {
  return { number: gmcNumberIn(search ?? '') ?? undefined }
}

export function shownRows(rows: readonly { readonly id: string }[]) {
  const ids = rows.slice(0, MOST_ROWS).map(({ id }) => id)
  return { rows: ids, others: rows.length > MOST_ROWS ? `${rows.length - MOST_ROWS} more` : undefined }
}

/** Writes CSV as it arrives, and counts the rows written in `download`. Rejects as `writePieces` does. */
export async function writeCsv(
  pieces: AsyncIterable<string>,
  download: DownloadRecord,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<void> {
  download.isComplete = false
  download.isComplete = await writePieces(counted(pieces, download), output, signal)
}

async function* counted(pieces: AsyncIterable<string>, download: DownloadRecord): AsyncGenerator<string> {
  const counter = new CsvRowCounter()
  for await (const piece of pieces) {
    yield piece
    // Resumed only after the piece was written.
    counter.read(piece)
    download.rows = counter.rows
  }
}
