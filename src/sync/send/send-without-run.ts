import { asRevalError } from '../../errors/reval-error.ts'
import type { ClaimedStage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'
import { readRows, type RowSending } from './read-rows.ts'
import { SendAhead } from './send-ahead.ts'

/** In place of a run, where a Java integration service leads. */
export const NO_RUN = 'none'

/** Rows read from a source at a time; each is sent as a message of its own. */
const BATCH = 500

/**
 * Sends a whole source to a Java integration service, in the format of the Java services: one row per message, bare
 * objects without headers, the end message last. Invalid rows are logged and not sent: there is no run to record them
 * with. If it rejects, no end message was sent, so the receiver cannot mistake a part for the whole. What was received is
 * not on record, so how much waits in the queue is not limited, as with the Java services.
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
  const place = { run: NO_RUN, generation: NO_RUN, stage }
  for await (const batch of snapshot.batches(BATCH)) {
    signal.throwIfAborted()
    const { sent, failed } = readRows(sending, { ...place, at: context.clock.now() }, batch)
    for (const row of failed) context.events.emit('row.failed', { row })
    for (const row of sent) await ahead.send({ body: sending.encode(row), attributes: {} })
  }
  await ahead.confirmed()
  await ahead.send({ body: sending.encodeEnd(), attributes: {} })
  await ahead.confirmed()
}

/** Sends without a run, one after the other: two at a time would read the same source twice, and mix. */
export class SendsWithoutRun {
  readonly #context: SyncContext
  #last: Promise<void> = Promise.resolve()

  constructor(context: SyncContext) {
    this.#context = context
  }

  /** Starts once earlier sends have ended. An error becomes a warning: the caller does not wait. */
  begin(doing: string, sending: () => Promise<void>): void {
    this.#last = this.#last.then(sending).catch((error: unknown) => {
      this.#context.events.emit('warning', { doing, error: asRevalError(error) })
    })
  }

  /** Resolves when all have ended. */
  ended(): Promise<void> {
    return this.#last
  }
}
