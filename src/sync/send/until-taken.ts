import { RevalError } from '../../errors/reval-error.ts'
import type { Queue, QueueDepth } from '../../ports/broker.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'

const ASK_EVERY_MS = 1_000
/** While nothing moves. */
const ASK_SELDOM_MS = 15_000
/** Figures of SQS are consistent a minute after the last message was sent. Source: GetQueueAttributes, AWS. */
const LAG_MS = 60_000
/** A receiver that took nothing for so long: somebody has to look. */
export const GIVE_UP_MS = 12 * 3_600_000

type Context = Pick<SyncContext, 'clock' | 'events'> & {
  readonly broker: Pick<SyncContext['broker'], 'depth'>
  readonly settings: Pick<SyncContext['settings'], 'quietMs' | 'stallMs'>
}

export interface UntilTaken {
  readonly queue: Queue
  readonly signal: AbortSignal
  /** Called each time with the number of messages in the queue, as far as the broker tells. */
  readonly onDepth: (inQueue: number) => void
}

/**
 * Resolves once the receiver has finished every message of the queue, as far as the broker tells: none is waiting and none
 * is delivered but unacknowledged. Where the broker's figures are approximate, or leave out what other processes hold, they
 * must say so for a while.
 *
 * While the receiver is away, this waits: its messages are still in the queue. A warning says so once nothing has moved for
 * `stallMs`, again after twice that time, and so on. Rejects SEND_UNFINISHED after half a day without movement, and with the
 * signal's reason once it is aborted.
 */
export async function untilTaken(context: Context, { queue, signal, onDepth }: UntilTaken): Promise<void> {
  const { broker, clock, events, settings } = context
  const counting = { doing: `counting the messages of ${queue}`, signal }
  const watch = new TakingWatch(clock.monotonic())
  let warnAfterMs = settings.stallMs
  for (;;) {
    signal.throwIfAborted()
    const depth = await persist(context, counting, () => broker.depth(queue))
    const { inQueue, quietMs, stillMs } = watch.observe(depth, clock.monotonic())
    onDepth(inQueue)
    if (inQueue === 0 && quietMs >= neededQuiet(depth, settings)) return
    if (inQueue > 0 && stillMs >= GIVE_UP_MS) throw untaken(inQueue, queue, stillMs)
    if (stillMs < settings.stallMs) warnAfterMs = settings.stallMs
    if (inQueue > 0 && stillMs >= warnAfterMs) {
      warnAfterMs *= 2
      events.emit('warning', {
        doing: `waiting until the receiver has taken ${queue}`,
        error: untaken(inQueue, queue, stillMs),
      })
    }
    await clock.wait(stillMs < settings.stallMs || inQueue === 0 ? ASK_EVERY_MS : ASK_SELDOM_MS, signal)
  }
}

/** How long the queue must look empty. */
function neededQuiet({ isApproximate, seesAllDeliveries }: QueueDepth, { quietMs }: { quietMs: number }): number {
  if (isApproximate) return Math.max(quietMs, LAG_MS)
  return seesAllDeliveries ? 0 : quietMs
}

function untaken(inQueue: number, queue: Queue, stillMs: number): RevalError {
  const reason = `${inQueue} messages of ${queue} have not been taken, nothing moved for ${Math.round(stillMs / 1000)} s`
  return new RevalError('SEND_UNFINISHED', reason)
}

/** Follows the depth of a queue. Times are of the monotonic clock. */
export class TakingWatch {
  #unquietAt: number
  #movedAt: number
  #seen = ''

  constructor(now: number) {
    this.#unquietAt = now
    this.#movedAt = now
  }

  /** `quietMs`: how long it has been empty. `stillMs`: how long its figures have not changed. */
  observe(
    { waiting, unacknowledged }: Pick<QueueDepth, 'waiting' | 'unacknowledged'>,
    now: number,
  ): { readonly inQueue: number; readonly quietMs: number; readonly stillMs: number } {
    const inQueue = waiting + unacknowledged
    if (inQueue > 0) this.#unquietAt = now
    const seen = `${waiting} ${unacknowledged}`
    if (seen !== this.#seen) this.#movedAt = now
    this.#seen = seen
    return { inQueue, quietMs: now - this.#unquietAt, stillMs: now - this.#movedAt }
  }
}
