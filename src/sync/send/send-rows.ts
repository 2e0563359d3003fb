import { asRevalError } from '../../errors/reval-error.ts'
import { BYTES_BESIDE_A_ROW, messageOf, type EncodedRow } from '../../messages/decoded-rows.ts'
import { encodeHeaders } from '../../messages/headers.ts'
import type { Snapshot } from '../../ports/sources.ts'
import type { HeldClaim } from '../lease/claim.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'
import { readRows, type RowSending } from './read-rows.ts'
import { SendAhead } from './send-ahead.ts'

/**
 * Sends a whole source as the messages of a claimed stage: in sequence, every message with its run headers, the end
 * message with the totals. Rows that do not fit go to the run's failures and are counted. A source, broker or ledger
 * that is away is waited for while the claim is wanted; only a source that breaks off in the middle ends the work, for
 * what was sent and what would be read anew are of two moments. The claim is ended or failed, and released, whatever
 * happens; what went wrong is in the claim, so this rejects only when the ledger cannot be told.
 */
export async function sendRows<SourceRow, SentRow>(
  context: SyncContext,
  claim: HeldClaim,
  sending: RowSending<SourceRow, SentRow>,
  stopping: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([claim.signal, stopping])
  const { stage } = claim.claim
  const trying = (doing: string) => ({ doing: `${doing} ${stage}`, signal })
  try {
    await using snapshot = await persist(context, trying('opening the source of'), sending.open)
    const { expected, edition } = snapshot
    await persist(context, trying('telling what to expect of'), () => claim.describe({ expected, edition }))
    await using ahead = new SendAhead(context, sending.route, signal)
    await new Sender(context, claim, sending, ahead, signal).send(snapshot)
  } catch (error) {
    // A run that is over or a process that ends needs no reason: the claim lapses, or nobody looks at it any more.
    if (!signal.aborted) await persist(context, trying('giving up'), () => claim.fail(asRevalError(error)))
  } finally {
    await claim.release()
  }
}

class Sender<SourceRow, SentRow> {
  private readonly context: SyncContext
  private readonly held: HeldClaim
  private readonly sending: RowSending<SourceRow, SentRow>
  private readonly ahead: SendAhead
  private readonly signal: AbortSignal
  private waiting: EncodedRow[] = []
  private sent: SentRow[] = []
  private waitingBytes = 0
  private messages = 0
  private rows = 0
  private failedRows = 0

  constructor(
    context: SyncContext,
    held: HeldClaim,
    sending: RowSending<SourceRow, SentRow>,
    ahead: SendAhead,
    signal: AbortSignal,
  ) {
    this.context = context
    this.held = held
    this.sending = sending
    this.ahead = ahead
    this.signal = signal
  }

  async send(snapshot: Snapshot<SourceRow>): Promise<void> {
    const { run, generation, attempt, stage } = this.held.claim
    for await (const batch of snapshot.batches(this.context.settings.messageRows)) {
      this.signal.throwIfAborted()
      for (const row of await this.readAll(batch)) await this.add(row, this.sending.encode(row))
    }
    await this.publish()
    await this.ahead.settled()
    const totals = { messages: this.messages, rows: this.rows, failedRows: this.failedRows }
    const ending = { doing: `telling the totals of ${stage}`, signal: this.signal }
    await persist(this.context, ending, () => this.held.end(totals))
    const attributes = encodeHeaders({ kind: 'end', run, generation, attempt, totals })
    await this.ahead.send({ body: this.sending.encodeEnd(), attributes })
    await this.ahead.settled()
  }

  private async readAll(batch: readonly SourceRow[]): Promise<SentRow[]> {
    const { ledger, events } = this.context
    const { sent, failed } = readRows(this.sending, this.held.claim, batch)
    if (failed.length > 0) {
      const telling = { doing: 'telling failed rows', signal: this.signal }
      await persist(this.context, telling, () => ledger.addFailures(failed))
      for (const row of failed) events.emit('row.failed', { row })
      this.failedRows += failed.length
    }
    return sent
  }

  /** Adds a row to the next message, and sends that when it is full by rows or by bytes. */
  private async add(row: SentRow, encoded: EncodedRow): Promise<void> {
    const { messageRows, messageBytes } = this.context.settings
    const bytes = encoded.byteLength + BYTES_BESIDE_A_ROW
    if (this.waitingBytes + bytes >= messageBytes) await this.publish()
    this.waiting.push(encoded)
    this.sent.push(row)
    this.waitingBytes += bytes
    if (this.waiting.length >= messageRows) await this.publish()
  }

  private async publish(): Promise<void> {
    if (this.waiting.length === 0) return
    const rows = this.waiting.length
    const body = messageOf(this.waiting)
    const digest = this.sending.digestOf(this.sent)
    this.waiting = []
    this.sent = []
    this.waitingBytes = 0
    const { run, generation, attempt } = this.held.claim
    const sequence = (this.messages += 1)
    this.rows += rows
    const attributes = encodeHeaders({ kind: 'data', run, generation, attempt, sequence, rows, digest })
    await this.ahead.send({ body, attributes })
  }
}
