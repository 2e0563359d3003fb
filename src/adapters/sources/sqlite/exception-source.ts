import { gmcNumber, type GmcNumber } from '../../../domain/gmc-number.ts'
import { textOrNull } from '../../../domain/text.ts'
import type { ExceptionSource } from '../../../ports/sources.ts'
import { EXCEPTION_RECORDS } from './exception-records.ts'
import type { SourcesOptions } from './layout.ts'
import { openSources, pingSources } from './sources-file.ts'
import { openSnapshot, rowsWhere } from './table-snapshot.ts'

/** The reasons in a data directory, in the order of their trimmed GMC numbers. Nothing is open between calls. */
export function openExceptionSource({ directory }: SourcesOptions): ExceptionSource {
  return {
    snapshot: () => openSnapshot(directory, EXCEPTION_RECORDS),
    reasonsOf: (numbers) => reasonsOf(directory, numbers),
    ping: () => pingSources(directory),
    close: () => Promise.resolve(),
  }
}

/** Opens the file afresh: an open one would go on answering from the sources that were replaced meanwhile. */
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
