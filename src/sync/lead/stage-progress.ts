import type { Manifest, Totals } from '../../ports/run-ledger.ts'

/** Whether all that a sender announced has come. */
export function isComplete(
  announced: Pick<Totals, 'messages' | 'rows'>,
  came: Pick<Manifest, 'messages' | 'rows'>,
): boolean {
  return announced.messages === came.messages && announced.rows === came.rows
}

/** Whether a stage still moves: what came of it is looked at from time to time. All times are of the monotonic clock. */
export class StageMovement {
  #seen = ''
  #movedAt = 0

  /** Whether nothing has come for longer than `stallMs`, as it is seen now; what came before the first look has. */
  hasStalled(came: Manifest, now: number, stallMs: number): boolean {
    const seen = JSON.stringify(came)
    if (seen !== this.#seen) {
      this.#seen = seen
      this.#movedAt = now
    }
    return now - this.#movedAt > stallMs
  }
}

/**
 * How long the queue of a sender without headers has been quiet after its end message: the end may have overtaken rows.
 * All times are of the monotonic clock.
 */
export class QueueQuiet {
  #unquietAt: number

  constructor(now: number) {
    this.#unquietAt = now
  }

  /** Milliseconds; none while the queue holds messages. `lastActivityAt` is when one came or was done with last. */
  quietFor(
    { waiting, unended }: { readonly waiting: number; readonly unended: number },
    lastActivityAt: number,
    now: number,
  ): number {
    if (waiting + unended > 0) this.#unquietAt = now
    return now - Math.max(this.#unquietAt, lastActivityAt)
  }
}
