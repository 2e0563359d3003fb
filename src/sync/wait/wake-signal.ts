import type { Clock } from '../../ports/clock.ts'

/** Wakes a waiting loop, by an event or after a time limit. A wake-up is kept until the loop waits next. */
export class WakeSignal {
  #isSet = false
  #wake: (() => void) | null = null

  wake(): void {
    this.#isSet = true
    this.#wake?.()
  }

  /** Resolves at the next wake-up, after `milliseconds`, or when the signal is aborted. One waiter at a time. */
  async wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#isSet) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      await clock.wait(milliseconds, AbortSignal.any([signal, woken.signal]))
      this.#wake = null
    }
    this.#isSet = false
  }
}
