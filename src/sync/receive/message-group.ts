import type { DecodedRows } from '../../messages/decoded-rows.ts'
import type { DataHeaders } from '../../messages/headers.ts'
import type { Delivery } from '../../ports/broker.ts'
import type { ClaimedStage, FailedRow, Receipt } from '../../ports/run-ledger.ts'
import type { Home } from './apply-snapshot.ts'
import type { Joined } from './join-batch.ts'

/** A data message that was read and waits to be written. */
export interface DataMessage<Row> {
  readonly delivery: Delivery
  readonly headers: DataHeaders
  readonly decoded: DecodedRows<Row>
  /** To be called once the message was written or given back. */
  readonly done?: () => void
}

/** What the messages of a group came to: one receipt each, and the rows that are missing. */
export interface Account {
  readonly receipts: readonly Receipt[]
  readonly failures: readonly FailedRow[]
}

/** Accounts for a group of messages; `results` are those of all their rows that could be read, in order. */
export function accountFor<Row>(
  stage: ClaimedStage,
  group: readonly DataMessage<Row>[],
  results: readonly Joined<Home | null>[],
  keyOf: (row: Row) => string,
): Account {
  const failures: FailedRow[] = []
  const receipts: Receipt[] = []
  let position = 0
  for (const { headers, decoded } of group) {
    const { run, attempt, sequence, rows } = headers
    const before = failures.length
    let ownRows = 0
    for (const fault of decoded.faults) {
      const key = fault.key ?? `message ${sequence} of ${attempt}, row ${fault.index + 1}`
      failures.push({ run, stage, key, code: fault.code, reason: `${fault.field}: ${fault.reason}` })
    }
    for (const { value } of decoded.rows) {
      const result = results[position]
      position += 1
      if (result?.ok === true) {
        if (result.result === 'own') ownRows += 1
        continue
      }
      const reason = result?.reason ?? 'the index store said nothing of it'
      failures.push({ run, stage, key: keyOf(value), code: 'ROW_WRITE_FAILED', reason })
    }
    receipts.push({ run, stage, attempt, sequence, rows, failedRows: failures.length - before, ownRows })
  }
  return { receipts, failures }
}

/** Accounts for a message of which nothing can be read: all its rows failed, and the manifest knows. */
export function accountForUnreadable(
  stage: ClaimedStage,
  headers: DataHeaders,
  code: FailedRow['code'],
  reason: string,
): Account {
  const { run, attempt, sequence, rows } = headers
  return {
    receipts: [{ run, stage, attempt, sequence, rows, failedRows: rows, ownRows: 0 }],
    failures: [{ run, stage, key: `message ${sequence} of ${attempt}`, code, reason }],
  }
}
