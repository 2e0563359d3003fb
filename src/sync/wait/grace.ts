import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../context.ts'
import { aborted } from './together.ts'

export interface Grace {
  readonly graceMs: number
  readonly signal: AbortSignal
  /** What is being done, for the warning if it fails after all. */
  readonly doing: string
}

/**
 * Resolves or rejects as the action does, but rejects with the signal's reason once `graceMs` have passed since it was
 * aborted. The action is not stopped: the caller must tolerate that it goes on; if it then fails, that is a warning.
 */
export async function withGrace<T>(
  { clock, events }: Pick<SyncContext, 'clock' | 'events'>,
  { graceMs, signal, doing }: Grace,
  action: () => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const acting = action()
  const tooLate = async (): Promise<never> => {
    await aborted(AbortSignal.any([signal, over.signal]))
    await clock.wait(graceMs, over.signal)
    if (over.signal.aborted) return new Promise<never>(() => undefined)
    acting.catch((error: unknown) => events.emit('warning', { doing, error: asRevalError(error) }))
    signal.throwIfAborted()
    throw new RevalError('INTERNAL', `${doing}: stopped without a reason`)
  }
  try {
    return await Promise.race([acting, tooLate()])
  } finally {
    over.abort()
  }
}
