import { RevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Guard } from '../../ports/index-store.ts'
import { trustedFor } from './lease-rules.ts'

/** One moment by both clocks. */
export interface Moment {
  readonly wall: number
  readonly monotonic: number
}

export function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() }
}

/**
 * How long this process may act as the writer: from the start of the last successful renewal, until either the wall clock
 * or the monotonic clock says that it is over. A wall clock that is set forward ends it early; the monotonic clock stands
 * still while a machine sleeps.
 */
export class Trust {
  readonly term: number
  readonly #clock: Clock
  readonly #trustedMs: number
  #renewed: Moment
  #isOver = false

  constructor(clock: Clock, { term, leaseMs, renewed }: { term: number; leaseMs: number; renewed: Moment }) {
    this.term = term
    this.#clock = clock
    this.#trustedMs = trustedFor(leaseMs)
    this.#renewed = renewed
  }

  /** A renewal that started at this moment succeeded. */
  renew(started: Moment): void {
    this.#renewed = started
  }

  /** Another process is the writer: nothing may leave this one any more. */
  end(): void {
    this.#isOver = true
  }

  /** Milliseconds; 0 or less when it is over. */
  get remaining(): number {
    if (this.#isOver) return 0
    const { wall, monotonic } = momentOf(this.#clock)
    const passed = Math.max(wall - this.#renewed.wall, monotonic - this.#renewed.monotonic)
    return this.#trustedMs - passed
  }

  get holds(): boolean {
    return this.remaining > 0
  }

  /** Throws if the lease is not trusted: LEASE_EXPIRED (transient) until it is renewed, WRITER_LOST after a takeover. */
  readonly guard: Guard = () => {
    if (this.#isOver) throw new RevalError('WRITER_LOST', 'another process is now the writer')
    if (!this.holds) {
      throw new RevalError('LEASE_EXPIRED', `writer's lease was not renewed in time`, { transient: true })
    }
  }
}
