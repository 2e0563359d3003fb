import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/ports/clock.ts'

interface Waiter {
  /** By the monotonic clock. */
  readonly due: number
  readonly resolve: () => void
}

interface Watcher {
  readonly waiters: number
  readonly resolve: () => void
}

/**
 * A clock that stands still until the test moves it. Waits end in the order in which they are due, those of one
 * moment in the order in which they began; so a test that uses it runs the same way each time.
 */
export class ManualClock implements Clock {
  #monotonic = 0
  /** What the wall clock shows when the monotonic one shows 0. */
  #wallAtZero: number
  #waiters: Waiter[] = []
  #watchers: Watcher[] = []

  constructor(now: number = Date.UTC(2026, 5, 1, 12)) {
    this.#wallAtZero = now
  }

  now(): number {
    return this.#wallAtZero + this.#monotonic
  }

  monotonic(): number {
    return this.#monotonic
  }

  /** Sets the wall clock forth, or back where it is negative. The monotonic clock and every wait go on as before. */
  setWallClockBy(milliseconds: number): void {
    this.#wallAtZero += milliseconds
  }

  /** How many waits have not ended. */
  get pending(): number {
    return this.#waiters.length
  }

  /** What the wall clock will show when the next wait ends, unless it is set; null when nobody waits. */
  get nextDue(): number | null {
    const [first] = this.#waiters
    return first === undefined ? null : this.#wallAtZero + first.due
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || milliseconds <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const waiter: Waiter = { due: this.#monotonic + milliseconds, resolve: end }
      const abort = () => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter)
        end()
      }
      signal.addEventListener('abort', abort)
      this.#enter(waiter)
    })
  }

  /**
   * Lets time pass: every wait that is due until then ends, at its own moment, and what it lets go on runs before the
   * next one ends. Waits begun meanwhile count as well. Resolves once all of that has run as far as it can without
   * another event from outside the process.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds
    await turn()
    for (let next = this.#takeDue(end); next !== undefined; next = this.#takeDue(end)) {
      this.#monotonic = next.due
      next.resolve()
      await turn()
    }
    this.#monotonic = end
  }

  /** Resolves as soon as at least so many wait: for tests that must not move time too early. */
  untilPending(waiters: number): Promise<void> {
    if (this.#waiters.length >= waiters) return Promise.resolve()
    return new Promise((resolve) => this.#watchers.push({ waiters, resolve }))
  }

  #enter(waiter: Waiter): void {
    const after = this.#waiters.findIndex((each) => each.due > waiter.due)
    this.#waiters.splice(after === -1 ? this.#waiters.length : after, 0, waiter)
    const satisfied = this.#watchers.filter((watcher) => watcher.waiters <= this.#waiters.length)
    this.#watchers = this.#watchers.filter((watcher) => !satisfied.includes(watcher))
    for (const watcher of satisfied) watcher.resolve()
  }

  #takeDue(end: number): Waiter | undefined {
    const first = this.#waiters[0]
    if (first === undefined || first.due > end) return undefined
    this.#waiters.shift()
    return first
  }
}
