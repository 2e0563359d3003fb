import type { RevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'

/**
 * Resolves or rejects as the action does, but rejects with `late` after `milliseconds`. The action is not stopped: the
 * caller must tolerate that it completes later.
 */
export async function withinDeadline<T>(
  clock: Clock,
  milliseconds: number,
  late: () => RevalError,
  action: () => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const tooLate = clock.wait(milliseconds, over.signal).then(() => {
    if (!over.signal.aborted) throw late()
    return new Promise<never>(() => undefined)
  })
  try {
    return await Promise.race([action(), tooLate])
  } finally {
    over.abort()
  }
}
