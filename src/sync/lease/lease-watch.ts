import type { Clock } from '../../ports/clock.ts'
import type { Lease } from '../../ports/run-ledger.ts'
import type { Seen } from './lease-rules.ts'

/** Watches another's lease: a holder whose clock is ahead may die and leave one that seems to last for hours. */
export class LeaseWatch {
  readonly #clock: Pick<Clock, 'monotonic'>
  #known: Lease | null = null
  #since = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** The lease was read just now. */
  see(lease: Lease | null): Seen {
    const now = this.#clock.monotonic()
    const isSame =
      lease !== null &&
      lease.holder === this.#known?.holder &&
      lease.term === this.#known.term &&
      lease.until === this.#known.until
    if (!isSame) this.#since = now
    this.#known = lease
    return { unchangedMs: now - this.#since }
  }
}
