import { RowFault } from '../../domain/row-fault.ts'
import type { EncodedRow } from '../../messages/decoded-rows.ts'
import type { Route } from '../../ports/broker.ts'
import type { FailedRow } from '../../ports/run-ledger.ts'
import type { Snapshot } from '../../ports/sources.ts'

/** How the rows of one source become the messages of one stage. */
export interface RowSending<SourceRow, SentRow> {
  readonly route: Route
  readonly open: () => Promise<Snapshot<SourceRow>>
  /** What is sent of a row, null for one that is not wanted. Throws `RowFault` where the row does not fit. */
  readonly read: (row: SourceRow) => SentRow | null
  /** The key by which a row that does not fit is known, as in the run's failures. */
  readonly keyOf: (row: SourceRow) => string
  readonly encode: (row: SentRow) => EncodedRow
  readonly encodeEnd: () => Uint8Array
  /** The digest of the rows of one message, as their receiver will decode them. */
  readonly digestOf: (rows: readonly SentRow[]) => string
}

/** What is sent of a batch of a source, and the rows that do not fit. */
export function readRows<SourceRow, SentRow>(
  { read, keyOf }: RowSending<SourceRow, SentRow>,
  { run, generation, stage }: Pick<FailedRow, 'run' | 'generation' | 'stage'>,
  batch: readonly SourceRow[],
): { sent: SentRow[]; failed: FailedRow[] } {
  const sent: SentRow[] = []
  const failed: FailedRow[] = []
  for (const row of batch) {
    try {
      const wanted = read(row)
      if (wanted !== null) sent.push(wanted)
    } catch (error) {
      if (!(error instanceof RowFault)) throw error
      failed.push({ run, generation, stage, key: keyOf(row), code: error.code, reason: error.message })
    }
  }
  return { sent, failed }
}
