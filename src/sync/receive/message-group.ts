import { RevalError } from '../../errors/reval-error.ts'
import type { DecodedRows } from '../../messages/decoded-rows.ts'
import type { DataHeaders } from '../../messages/headers.ts'
import type { Delivery } from '../../ports/broker.ts'
import type { FailedRow, SendStage } from '../../ports/run-ledger.ts'
import type { ReceivedRow } from './receive-rows.ts'
import type { DigestResult, MessageAccount } from './stage-manifest.ts'

/** A decoded data message that waits to be written. */
export interface DataMessage<Row> {
  readonly delivery: Delivery
  readonly headers: DataHeaders
  readonly decoded: DecodedRows<Row>
  /** Called once the message was acknowledged or given back. */
  readonly done?: () => void
}

/** The first waiting messages of one generation, with at most `rowsPerWrite` rows; at least one message. */
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

/** The result of a group of messages: an account of each, and the failed rows. */
export interface GroupAccount {
  readonly accounts: readonly MessageAccount[]
  readonly failures: readonly FailedRow[]
}

/**
 * Accounts for a group of messages. `results` are those of all their decoded rows, in order. Throws INTERNAL if one is
 * missing: its row must not count as written.
 */
export function accountFor<Row>(
  { stage, at }: { readonly stage: SendStage; readonly at: number },
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
      failures.push({ run, generation, stage, at, key, code: fault.code, reason: `${fault.field}: ${fault.reason}` })
    }
    const ofMessage = results.slice(position, position + decoded.rows.length)
    position += decoded.rows.length
    if (ofMessage.length < decoded.rows.length) {
      throw new RevalError('INTERNAL', `message ${sequence} of ${attempt}: not all rows were accounted for`)
    }
    for (const result of ofMessage) {
      if (result.failures.length > 0) failedRows += 1
      if (result.withoutTrainee) withoutTrainee += 1
      lostTrainees += result.lostTrainees
      for (const failure of result.failures) failures.push({ run, generation, stage, at, ...failure })
    }
    const digest = compareDigests(headers, decoded, digestOf)
    accounts.push({ sequence, rows, failedRows, withoutTrainee, lostTrainees, digest })
  }
  return { accounts, failures }
}

/** The digest of a message with failed rows is not compared: its failures are on record. */
function compareDigests<Row>(
  { digest }: DataHeaders,
  { rows, faults }: DecodedRows<Row>,
  digestOf: (rows: readonly Row[]) => string,
): DigestResult {
  if (digest === null || faults.length > 0) return 'skipped'
  return digestOf(rows.map(({ value }) => value)) === digest ? 'same' : 'different'
}

/** Accounts for a message that cannot be decoded: all its rows failed. */
export function accountForUnreadable(
  { stage, at }: { readonly stage: SendStage; readonly at: number },
  headers: DataHeaders,
  code: FailedRow['code'],
  reason: string,
): GroupAccount {
  const { run, generation, attempt, sequence, rows } = headers
  return {
    accounts: [{ sequence, rows, failedRows: rows, withoutTrainee: 0, lostTrainees: 0, digest: 'skipped' }],
    failures: [{ run, generation, stage, at, key: `message ${sequence} of ${attempt}`, code, reason }],
  }
}
