import type { Clock } from '../../ports/clock.ts'
import type { Lease } from '../../ports/run-ledger.ts'
import type { LeaseObservation } from './lease-rules.ts'

/** Observes the lease of another process: if its clock was ahead, a dead process may leave a lease that lasts for hours. */
export class LeaseWatch {
  readonly #clock: Pick<Clock, 'monotonic'>
  #known: Lease | null = null
  #since = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Call this whenever the lease was read. */
  observe(lease: Lease | null): LeaseObservation {
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
