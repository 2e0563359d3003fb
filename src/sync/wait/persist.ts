import { asRevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../context.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

/** How long to wait before what failed is tried again: twice as long each time, up to a limit, and never quite alike. */
export class Backoff {
  readonly #longest: number
  #upTo = FIRST_WAIT_MS

  /** No wait is longer than `longest` milliseconds. */
  constructor(longest = LONGEST_WAIT_MS) {
    this.#longest = longest
  }

  /** Milliseconds; between half of the limit that this try has and all of it, so that many do not come back at once. */
  next(): number {
    const limit = Math.min(this.#upTo, this.#longest)
    this.#upTo = limit * 2
    return limit * (0.5 + Math.random() / 2)
  }
}

export interface Persistence {
  /** What is being done, for the events that tell of trouble. */
  readonly doing: string
  /** Ends the trying: rejects with its reason. An action that is under way is left to end. */
  readonly signal: AbortSignal
  /** Asked after each fault: whether it is worth trying again. Always, unless it is given. */
  readonly shouldRetry?: () => boolean
}

/**
 * Does something, and again while its fault is transient: the one place that waits for servers to come back. Rejects
 * with a fault that is not transient, and with any when the signal is aborted or it is not worth trying again. The
 * action is tried once in any case. Not a library's: time is a port here, so that tests move it, and every wait of a
 * process can be ended.
 */
export async function persist<T>(
  { clock, events }: Pick<SyncContext, 'clock' | 'events'>,
  { doing, signal, shouldRetry = () => true }: Persistence,
  action: () => Promise<T>,
): Promise<T> {
  const backoff = new Backoff()
  for (;;) {
    try {
      return await action()
    } catch (error) {
      const coded = asRevalError(error)
      if (!coded.transient || signal.aborted || !shouldRetry()) throw error
      events.emit('warning', { doing, error: coded })
    }
    await clock.wait(backoff.next(), signal)
    signal.throwIfAborted()
  }
}
