import { asRevalError } from '../../errors/reval-error.ts'
import { messageOf } from '../../messages/decoded-rows.ts'
import { encodeHeaders } from '../../messages/headers.ts'
import type { Snapshot } from '../../ports/sources.ts'
import type { HeldClaim } from '../lease/claim.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'
import { MessageSplit, type SplitRows } from './message-split.ts'
import { readRows, type RowSending } from './read-rows.ts'
import { SendAhead } from './send-ahead.ts'

/**
 * Sends a whole source as the messages of a claimed stage: numbered, each with run headers, and an end message with the
 * totals. Invalid rows are recorded as failures of the run and counted. Waits while a source, broker or ledger is away,
 * as long as the claim is wanted. Only an error in the middle of a source ends the work: what was sent and what would be
 * read again are of two moments. Ends or fails the claim, and releases it, in any case. An error is recorded in the
 * claim; this rejects only if that fails.
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
    await persist(context, trying('announcing the expected rows of'), () => claim.describe({ expected, edition }))
    const received = () => receivedOf(context, claim)
    await using ahead = new SendAhead(context, { route: sending.route, signal, received })
    await new Sender(context, claim, sending, ahead, signal).send(snapshot)
  } catch (error) {
    // If the run is over or the process stops, no reason is needed: the claim expires, or is not read again.
    if (!signal.aborted) await persist(context, trying('failing the claim of'), () => claim.fail(asRevalError(error)))
  } finally {
    await claim.release()
  }
}

/** The messages of a claim that the receiver has, as the run's record says: it is saved every second. */
async function receivedOf({ ledger }: SyncContext, { claim }: HeldClaim): Promise<number> {
  const progress = (await ledger.read('run', claim.run))?.value.stages[claim.stage]
  return progress?.attempt === claim.attempt ? progress.messages : 0
}

class Sender<SourceRow, SentRow> {
  readonly #context: SyncContext
  readonly #held: HeldClaim
  readonly #sending: RowSending<SourceRow, SentRow>
  readonly #ahead: SendAhead
  readonly #signal: AbortSignal
  readonly #split: MessageSplit<SentRow>
  #failedRows = 0

  constructor(
    context: SyncContext,
    held: HeldClaim,
    sending: RowSending<SourceRow, SentRow>,
    ahead: SendAhead,
    signal: AbortSignal,
  ) {
    const { messageRows, messageBytes } = context.settings
    this.#context = context
    this.#held = held
    this.#sending = sending
    this.#ahead = ahead
    this.#signal = signal
    this.#split = new MessageSplit({ rows: messageRows, bytes: messageBytes })
  }

  async send(snapshot: Snapshot<SourceRow>): Promise<void> {
    const { run, generation, attempt, stage } = this.#held.claim
    for await (const batch of snapshot.batches(this.#context.settings.messageRows)) {
      this.#signal.throwIfAborted()
      for (const row of await this.#readAll(batch)) {
        for (const message of this.#split.add(row, this.#sending.encode(row))) await this.#publish(message)
      }
    }
    for (const message of this.#split.rest()) await this.#publish(message)
    await this.#ahead.confirmed()
    const totals = { ...this.#split.totals, failedRows: this.#failedRows }
    const ending = { doing: `announcing the totals of ${stage}`, signal: this.#signal }
    await persist(this.#context, ending, () => this.#held.end(totals))
    const attributes = encodeHeaders({ kind: 'end', run, generation, attempt, totals })
    await this.#ahead.send({ body: this.#sending.encodeEnd(), attributes })
    await this.#ahead.confirmed()
  }

  async #readAll(batch: readonly SourceRow[]): Promise<SentRow[]> {
    const { ledger, events, clock } = this.#context
    const { sent, failed } = readRows(this.#sending, { ...this.#held.claim, at: clock.now() }, batch)
    if (failed.length > 0) {
      const telling = { doing: 'reporting failed rows', signal: this.#signal }
      await persist(this.#context, telling, () => ledger.addFailures(failed))
      for (const row of failed) events.emit('row.failed', { row })
      this.#failedRows += failed.length
    }
    return sent
  }

  async #publish({ sequence, rows, encoded }: SplitRows<SentRow>): Promise<void> {
    const { run, generation, attempt } = this.#held.claim
    const digest = this.#sending.digestOf(rows)
    const headers = { kind: 'data', run, generation, attempt, sequence, rows: rows.length, digest } as const
    await this.#ahead.send({ body: messageOf(encoded), attributes: encodeHeaders(headers) })
  }
}
