import { asRevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../context.ts'

export interface Repetition {
  /** What is being done, for the warnings: "comparing the exception reasons". */
  readonly doing: string
  /** How long to wait between two times, in milliseconds. */
  readonly everyMs: number
  /** How long to wait after an error instead. */
  readonly afterErrorMs?: number
}

/**
 * Runs the action at once, and again after each interval, until the signal is aborted. An error is a warning, and the next
 * time tries again. The action is not interrupted: it looks at the signal itself if it takes long.
 */
export async function repeat(
  { clock, events }: Pick<SyncContext, 'clock' | 'events'>,
  { doing, everyMs, afterErrorMs = everyMs }: Repetition,
  signal: AbortSignal,
  action: () => Promise<void>,
): Promise<void> {
  const isStopped = () => signal.aborted
  while (!isStopped()) {
    let pause = everyMs
    try {
      await action()
    } catch (error) {
      pause = afterErrorMs
      if (!isStopped()) events.emit('warning', { doing, error: asRevalError(error) })
    }
    await clock.wait(pause, signal)
  }
}
