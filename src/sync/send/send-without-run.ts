import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { SendStage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { SENDERS } from '../stages.ts'
import { persist } from '../wait/persist.ts'
import { readRows, type RowSending } from './read-rows.ts'
import { SendAhead } from './send-ahead.ts'
import { SendReport } from './send-report.ts'
import { untilTaken } from './until-taken.ts'

/** In place of a run, where a Java integration service leads. */
export const NO_RUN = 'none'

/** Rows read from a source at a time; each is sent as a message of its own. */
const BATCH = 500

/**
 * Sends a whole source to a Java integration service, in the format of the Java services: one row per message, bare
 * objects without headers, the end message last. Invalid rows are logged and not sent: there is no run to record them
 * with. What was received is not on record, so how much waits in the queue is not limited, as with the Java services.
 *
 * The end message waits until the receiver has taken every row (`untilTaken`): Java integration works with several threads,
 * and takes an end message while rows before it are still in work.
 *
 * Never rejects: events say how it ended. If it failed, no end message was sent, so the receiver cannot mistake a part for
 * the whole.
 */
export async function sendWithoutRun<SourceRow, SentRow>(
  context: SyncContext,
  stage: SendStage,
  sending: RowSending<SourceRow, SentRow>,
  signal: AbortSignal,
): Promise<void> {
  const report = new SendReport(context, stage)
  try {
    signal.throwIfAborted()
    await using ahead = new SendAhead(context, { route: sending.route, signal, received: null })
    await sendAll(context, stage, { sending, signal, ahead, report })
    const onDepth = (inQueue: number): void => report.waiting(inQueue)
    await untilTaken(context, { queue: SENDERS[stage].data, signal, onDepth })
    await ahead.send({ body: sending.encodeEnd(), attributes: {} })
    await ahead.confirmed()
    report.finished()
  } catch (error) {
    report.failed(asRevalError(error))
  }
}

interface Sent<SourceRow, SentRow> {
  readonly sending: RowSending<SourceRow, SentRow>
  readonly signal: AbortSignal
  readonly ahead: SendAhead
  readonly report: SendReport
}

/** Resolves once the broker has accepted all rows. */
async function sendAll<SourceRow, SentRow>(
  context: SyncContext,
  stage: SendStage,
  { sending, signal, ahead, report }: Sent<SourceRow, SentRow>,
): Promise<void> {
  const opening = { doing: `opening the source of ${stage}`, signal }
  await using snapshot = await persist(context, opening, sending.open)
  const place = { run: NO_RUN, generation: NO_RUN, stage }
  for await (const batch of snapshot.batches(BATCH)) {
    signal.throwIfAborted()
    const { sent, failed } = readRows(sending, { ...place, at: context.clock.now() }, batch)
    for (const row of failed) context.events.emit('row.failed', { row })
    for (const row of sent) await ahead.send({ body: sending.encode(row), attributes: {} })
    report.sent({ rows: sent.length, failedRows: failed.length })
  }
  await ahead.confirmed()
}

/**
 * Sends without a run, one at a time. A newer command replaces a send that has not ended: the Java integration service
 * starts over with each command, and would take the end message of the earlier send for that of the newer one.
 */
export class SendsWithoutRun {
  #current = new AbortController()
  #last: Promise<void> = Promise.resolve()

  /** Starts `send`, which never rejects, once the one that it replaces has ended. */
  begin(send: (signal: AbortSignal) => Promise<void>): void {
    this.#end('a newer command replaced this send')
    const { signal } = (this.#current = new AbortController())
    this.#last = this.#last.then(() => send(signal))
  }

  /** Ends the send in progress, and resolves when it has ended. */
  async stop(reason: string): Promise<void> {
    this.#end(reason)
    await this.#last
  }

  #end(reason: string): void {
    this.#current.abort(new RevalError('SEND_UNFINISHED', reason))
  }
}
