import { RowFault } from '../../domain/row-fault.ts'
import type { EncodedRow } from '../../messages/decoded-rows.ts'
import type { Route } from '../../ports/broker.ts'
import type { FailedRow } from '../../ports/run-ledger.ts'
import type { Snapshot } from '../../ports/sources.ts'

/** How the rows of one source become the messages of one stage. */
export interface RowSending<SourceRow, SentRow> {
  readonly route: Route
  readonly open: () => Promise<Snapshot<SourceRow>>
  /** What to send for a row; null to skip it. Throws `RowFault` if the row is invalid. */
  readonly read: (row: SourceRow) => SentRow | null
  /** The key of an invalid row in the failures of the run. */
  readonly keyOf: (row: SourceRow) => string
  readonly encode: (row: SentRow) => EncodedRow
  readonly encodeEnd: () => Uint8Array
  /** The digest of the rows of one message, as the receiver will decode them. */
  readonly digestOf: (rows: readonly SentRow[]) => string
}

/** The rows to send of a batch of a source, and the invalid ones. */
export function readRows<SourceRow, SentRow>(
  { read, keyOf }: RowSending<SourceRow, SentRow>,
  { run, generation, stage, at }: Pick<FailedRow, 'run' | 'generation' | 'stage' | 'at'>,
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
      failed.push({ run, generation, stage, at, key: keyOf(row), code: error.code, reason: error.message })
    }
  }
  return { sent, failed }
}
