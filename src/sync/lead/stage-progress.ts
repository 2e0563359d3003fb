import type { Manifest, Totals } from '../../ports/run-ledger.ts'

/** Whether everything that a sender reported was received. */
export function isComplete(
  reported: Pick<Totals, 'messages' | 'rows'>,
  received: Pick<Manifest, 'messages' | 'rows'>,
): boolean {
  return reported.messages === received.messages && reported.rows === received.rows
}

/** Detects that a stage makes no progress. Times are of the monotonic clock. */
export class StallDetector {
  #seen = ''
  #movedAt = 0

  /** Whether nothing was received for longer than `stallMs`. The first call counts as progress. */
  hasStalled(received: Manifest, now: number, stallMs: number): boolean {
    const seen = JSON.stringify(received)
    if (seen !== this.#seen) {
      this.#seen = seen
      this.#movedAt = now
    }
    return now - this.#movedAt > stallMs
  }
}

/**
 * Measures how long the queue of a sender without headers has been quiet after its end message, which may have overtaken
 * rows. Times are of the monotonic clock.
 */
export class QueueQuiet {
  #unquietAt: number

  constructor(now: number) {
    this.#unquietAt = now
  }

  /** Milliseconds; 0 while the queue holds messages. `lastActivityAt`: when one was last received or finished. */
  quietFor(
    { waiting, unacknowledged }: { readonly waiting: number; readonly unacknowledged: number },
    lastActivityAt: number,
    now: number,
  ): number {
    if (waiting + unacknowledged > 0) this.#unquietAt = now
    return now - Math.max(this.#unquietAt, lastActivityAt)
  }
}
