import { asRevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../context.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

/** How long to wait before the next try: twice as long each time, up to a limit, with jitter. */
export class Backoff {
  readonly #longest: number
  #upTo = FIRST_WAIT_MS

  /** No wait is longer than `longest` milliseconds. */
  constructor(longest = LONGEST_WAIT_MS) {
    this.#longest = longest
  }

  /** Milliseconds: a random part, at least half, of the limit of this try. */
  next(): number {
    const limit = Math.min(this.#upTo, this.#longest)
    this.#upTo = limit * 2
    return limit * (0.5 + Math.random() / 2)
  }
}

export interface Persistence {
  /** What is being done, for the warnings: "reading the reasons". */
  readonly doing: string
  /** Stops trying and rejects with its reason. It does not interrupt the action. */
  readonly signal: AbortSignal
  /** Called after each error: whether to try again. By default, always. */
  readonly shouldRetry?: () => boolean
}

/**
 * Runs the action until it succeeds: the one place that waits for servers to come back. Rejects with the error of the
 * action if it is not transient, the signal is aborted or `shouldRetry` says no. The action runs at least once. Not from
 * a library, because time is a port here: tests control it, and every wait can be cancelled.
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
