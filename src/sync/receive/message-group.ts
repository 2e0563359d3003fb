import { RevalError } from '../../errors/reval-error.ts'
import type { DecodedRows } from '../../messages/decoded-rows.ts'
import type { DataHeaders } from '../../messages/headers.ts'
import type { Delivery } from '../../ports/broker.ts'
import type { FailedRow, SendStage } from '../../ports/run-ledger.ts'
import type { ReceivedRow } from './receive-rows.ts'
import type { DigestResult, MessageAccount } from './stage-manifest.ts'

/** A data message that was read and waits to be written. */
export interface DataMessage<Row> {
  readonly delivery: Delivery
  readonly headers: DataHeaders
  readonly decoded: DecodedRows<Row>
  /** To be called once the message was written or given back. */
  readonly done?: () => void
}

/** The first messages that wait, of one generation and of no more rows than are written together; at least one. */
export function nextGroup<Row>(
  waiting: readonly DataMessage<Row>[],
  rowsPerWrite: number,
): readonly DataMessage<Row>[] {
  const generation = waiting[0]?.headers.generation
  let rows = 0
  const end = waiting.findIndex(({ headers }, at) => {
    rows += headers.rows
    return at > 0 && (headers.generation !== generation || rows > rowsPerWrite)
  })
  return end === -1 ? waiting : waiting.slice(0, end)
}

/** What the messages of a group came to: an account of each, and the rows that are missing. */
export interface GroupAccount {
  readonly accounts: readonly MessageAccount[]
  readonly failures: readonly FailedRow[]
}

/**
 * Accounts for a group of messages; `results` are those of all their rows that could be read, in order. Throws where
 * one of them is missing: a row that nobody accounted for must not be taken for written.
 */
export function accountFor<Row>(
  stage: SendStage,
  group: readonly DataMessage<Row>[],
  results: readonly ReceivedRow[],
  digestOf: (rows: readonly Row[]) => string,
): GroupAccount {
  const failures: FailedRow[] = []
  const accounts: MessageAccount[] = []
  let position = 0
  for (const { headers, decoded } of group) {
    const { run, generation, attempt, sequence, rows } = headers
    let failedRows = decoded.faults.length
    let withoutTrainee = 0
    let lostTrainees = 0
    for (const fault of decoded.faults) {
      const key = fault.key ?? `message ${sequence} of ${attempt}, row ${fault.index + 1}`
      failures.push({ run, generation, stage, key, code: fault.code, reason: `${fault.field}: ${fault.reason}` })
    }
    const own = results.slice(position, position + decoded.rows.length)
    position += decoded.rows.length
    if (own.length < decoded.rows.length) {
      throw new RevalError('INTERNAL', `message ${sequence} of ${attempt}: not all rows were accounted for`)
    }
    for (const result of own) {
      if (result.failures.length > 0) failedRows += 1
      if (result.own) withoutTrainee += 1
      lostTrainees += result.lostTrainees
      for (const failure of result.failures) failures.push({ run, generation, stage, ...failure })
    }
    const digest = compareDigests(headers, decoded, digestOf)
    accounts.push({ sequence, rows, failedRows, withoutTrainee, lostTrainees, digest })
  }
  return { accounts, failures }
}

/** A message of which a row could not be read is compared by its counts only: what failed is on record. */
function compareDigests<Row>(
  { digest }: DataHeaders,
  { rows, faults }: DecodedRows<Row>,
  digestOf: (rows: readonly Row[]) => string,
): DigestResult {
  if (digest === null || faults.length > 0) return 'skipped'
  return digestOf(rows.map(({ value }) => value)) === digest ? 'same' : 'different'
}

/** Accounts for a message of which nothing can be read: all its rows failed, and the manifest knows. */
export function accountForUnreadable(
  stage: SendStage,
  headers: DataHeaders,
  code: FailedRow['code'],
  reason: string,
): GroupAccount {
  const { run, generation, attempt, sequence, rows } = headers
  return {
    accounts: [{ sequence, rows, failedRows: rows, withoutTrainee: 0, lostTrainees: 0, digest: 'skipped' }],
    failures: [{ run, generation, stage, key: `message ${sequence} of ${attempt}`, code, reason }],
  }
}
