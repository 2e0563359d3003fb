import type { Clock } from '../../ports/clock.ts'

/** Wakes a loop that waits: by an event, or after a time at the latest. A nudge while nobody waits is remembered. */
export class Nudge {
  private nudged = false
  private wake: (() => void) | null = null

  nudge(): void {
    this.nudged = true
    this.wake?.()
  }

  /** Resolves at the next nudge, after `milliseconds`, or when the signal is aborted. One waiter at a time. */
  async wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.nudged) {
      const woken = new AbortController()
      this.wake = () => woken.abort()
      await clock.wait(milliseconds, AbortSignal.any([signal, woken.signal]))
      this.wake = null
    }
    this.nudged = false
  }
}
