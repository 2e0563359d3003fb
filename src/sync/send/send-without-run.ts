import { asRevalError } from '../../errors/reval-error.ts'
import type { ClaimedStage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'
import { readRows, type RowSending } from './read-rows.ts'
import { SendAhead } from './send-ahead.ts'

/** What stands in place of a run where a service of the reference leads. */
export const NO_RUN = 'none'

/** Rows that are read from a source at a time; each is a message of its own. */
const BATCH = 500

/**
 * Sends a whole source in the reference's own form, for a service of the reference that leads: one row a message, bare
 * objects without headers, the end message last. Rows that do not fit are told by events and not sent: there is no run
 * whose failures they could be. Rejects where it breaks off: then no end message was sent, so that nobody takes a part
 * for the whole. No record says what was received, so nothing bounds what waits in the queue: the reference's own
 * senders are not bounded either.
 */
export async function sendWithoutRun<SourceRow, SentRow>(
  context: SyncContext,
  stage: ClaimedStage,
  sending: RowSending<SourceRow, SentRow>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const opening = { doing: `opening the source of ${stage}`, signal }
  await using snapshot = await persist(context, opening, sending.open)
  await using ahead = new SendAhead(context, { route: sending.route, signal, received: null })
  for await (const batch of snapshot.batches(BATCH)) {
    signal.throwIfAborted()
    const { sent, failed } = readRows(sending, { run: NO_RUN, generation: NO_RUN, stage }, batch)
    for (const row of failed) context.events.emit('row.failed', { row })
    for (const row of sent) await ahead.send({ body: sending.encode(row), attributes: {} })
  }
  await ahead.settled()
  await ahead.send({ body: sending.encodeEnd(), attributes: {} })
  await ahead.settled()
}

/** Sendings without a run, one after the other: two at a time would read the same source twice, and mix. */
export class SendsWithoutRun {
  private readonly context: SyncContext
  private last: Promise<void> = Promise.resolve()

  constructor(context: SyncContext) {
    this.context = context
  }

  /** Begins once those before have ended; what breaks one off is told, for nobody waits for it. */
  begin(doing: string, sending: () => Promise<void>): void {
    this.last = this.last.then(sending).catch((error: unknown) => {
      this.context.events.emit('warning', { doing, error: asRevalError(error) })
    })
  }

  /** Resolves when all have ended. */
  ended(): Promise<void> {
    return this.last
  }
}
