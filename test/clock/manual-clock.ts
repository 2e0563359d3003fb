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
 * A clock that stands still until the test advances it. Waits end in due order, equal ones in the order they started,
 * so a test that uses it runs the same way each time.
 */
export class ManualClock implements Clock {
  #monotonic = 0
  /** Wall clock time when the monotonic clock is 0. */
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

  /** Sets the wall clock ahead, or back if negative. The monotonic clock and waits are not affected. */
  setWallClockBy(milliseconds: number): void {
    this.#wallAtZero += milliseconds
  }

  /** The number of waits that have not ended. */
  get pending(): number {
    return this.#waiters.length
  }

  /** Wall clock time at which the next wait ends, unless it is set before; null without waits. */
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
   * Advances time: every wait due by then ends when due, and its continuation runs before the next one ends, including
   * waits started meanwhile. Resolves once all of that has run as far as it can without
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

  /** Resolves once there are at least this many waits, for tests that must not advance time too early. */
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
