import type { Clock } from '../../src/ports/clock.ts'

/** Follows another clock, and can jump ahead; waits due by then end at once. */
export class JumpingClock implements Clock {
  readonly #clock: Clock
  #ahead = 0
  #jumped = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.#ahead
  }

  monotonic(): number {
    return this.#clock.monotonic() + this.#ahead
  }

  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    const due = this.monotonic() + milliseconds
    for (let left = milliseconds; left > 0 && !signal.aborted; left = due - this.monotonic()) {
      await this.#clock.wait(left, AbortSignal.any([signal, this.#jumped.signal]))
    }
  }

  jump(milliseconds: number): void {
    this.#ahead += milliseconds
    const jumped = this.#jumped
    this.#jumped = new AbortController()
    jumped.abort()
  }
}
