import { RowFault } from '../domain/row-fault.ts'
import { asRevalError } from '../errors/reval-error.ts'
import { BYTES_BESIDE_A_ROW, messageOf, type EncodedRow } from '../messages/decoded-rows.ts'
import { encodeHeaders } from '../messages/headers.ts'
import type { Route } from '../ports/broker.ts'
import type { FailedRow } from '../ports/run-ledger.ts'
import type { Snapshot } from '../ports/sources.ts'
import type { HeldClaim } from './claim.ts'
import type { SyncContext } from './context.ts'

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
}

/**
 * Sends a whole source as the messages of a claimed stage: in sequence, every message with its run headers, the end
 * message with the totals. Rows that do not fit go to the run's failures and are counted. The claim is ended or
 * failed, and released, whatever happens; what went wrong is in the claim, so this rejects only when the ledger cannot
 * be told.
 */
export async function sendRows<SourceRow, SentRow>(
  context: SyncContext,
  claim: HeldClaim,
  sending: RowSending<SourceRow, SentRow>,
  stopping: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([claim.signal, stopping])
  try {
    await using snapshot = await sending.open()
    await claim.describe({ expected: snapshot.expected, edition: snapshot.edition })
    await new Sender(context, claim, sending, signal).send(snapshot)
  } catch (error) {
    // A run that is over or a process that ends needs no reason: the claim lapses, or nobody looks at it any more.
    if (!signal.aborted) await claim.fail(asRevalError(error))
  } finally {
    await claim.release()
  }
}

class Sender<SourceRow, SentRow> {
  private readonly context: SyncContext
  private readonly held: HeldClaim
  private readonly sending: RowSending<SourceRow, SentRow>
  private readonly signal: AbortSignal
  private waiting: EncodedRow[] = []
  private waitingBytes = 0
  private messages = 0
  private rows = 0
  private failedRows = 0

  constructor(context: SyncContext, held: HeldClaim, sending: RowSending<SourceRow, SentRow>, signal: AbortSignal) {
    this.context = context
    this.held = held
    this.sending = sending
    this.signal = signal
  }

  async send(snapshot: Snapshot<SourceRow>): Promise<void> {
    const { run, generation, attempt } = this.held.claim
    for await (const batch of snapshot.batches(this.context.settings.messageRows)) {
      this.signal.throwIfAborted()
      for (const row of await this.readAll(batch)) await this.add(this.sending.encode(row))
    }
    await this.publish()
    const totals = { messages: this.messages, rows: this.rows, failedRows: this.failedRows }
    await this.held.end(totals)
    const attributes = encodeHeaders({ kind: 'end', run, generation, attempt, totals })
    await this.context.broker.publish(this.sending.route, { body: this.sending.encodeEnd(), attributes }, this.signal)
  }

  private async readAll(batch: readonly SourceRow[]): Promise<SentRow[]> {
    const { run, stage } = this.held.claim
    const sent: SentRow[] = []
    const failed: FailedRow[] = []
    for (const row of batch) {
      try {
        const read = this.sending.read(row)
        if (read !== null) sent.push(read)
      } catch (error) {
        if (!(error instanceof RowFault)) throw error
        failed.push({ run, stage, key: this.sending.keyOf(row), code: error.code, reason: error.message })
      }
    }
    if (failed.length > 0) {
      await this.context.ledger.addFailures(failed)
      for (const row of failed) this.context.events.emit('row.failed', { row })
      this.failedRows += failed.length
    }
    return sent
  }

  /** Adds a row to the next message, and sends that when it is full by rows or by bytes. */
  private async add(row: EncodedRow): Promise<void> {
    const { messageRows, messageBytes } = this.context.settings
    const bytes = row.byteLength + BYTES_BESIDE_A_ROW
    if (this.waitingBytes + bytes >= messageBytes) await this.publish()
    this.waiting.push(row)
    this.waitingBytes += bytes
    if (this.waiting.length >= messageRows) await this.publish()
  }

  private async publish(): Promise<void> {
    if (this.waiting.length === 0) return
    const rows = this.waiting.length
    const body = messageOf(this.waiting)
    this.waiting = []
    this.waitingBytes = 0
    const { run, generation, attempt } = this.held.claim
    const sequence = (this.messages += 1)
    this.rows += rows
    const attributes = encodeHeaders({ kind: 'data', run, generation, attempt, sequence, rows })
    await this.context.broker.publish(this.sending.route, { body, attributes }, this.signal)
  }
}
