import type { RevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'

/**
 * What the action gives, if it comes within `milliseconds`; rejects with `late` (transient) otherwise. The action is
 * not ended by that: whoever asks must be able to bear that it is carried out later all the same.
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
