import type { Claim } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { hasExpired } from './lease-rules.ts'

/** Two observations further apart than this fraction of a claim's lease count as an interruption. */
const INTERRUPTED_AFTER = 1 / 3

/**
 * Decides whether the holder of a claim is gone. While the ledger is away, no claim can be renewed. So an expired lease
 * counts only once the ledger has been readable, without interruption, for the length of a lease.
 */
export class LeaseObserver {
  readonly #context: SyncContext
  #since: number
  #last: number

  constructor(context: SyncContext) {
    this.#context = context
    this.#since = context.clock.monotonic()
    this.#last = this.#since
  }

  /** Call this whenever the ledger was read. */
  observed(): void {
    const { clock, settings } = this.#context
    const now = clock.monotonic()
    if (now - this.#last > settings.leaseMs * INTERRUPTED_AFTER) this.#since = now
    this.#last = now
  }

  /** Whether the claim has expired and its holder is gone. */
  hasExpired(claim: Claim): boolean {
    const { alone, holder, settings, clock } = this.#context
    if (!hasExpired(claim, { holder, alone, now: clock.now() })) return false
    // With `alone`, another holder cannot be alive.
    return (alone && claim.holder !== holder) || this.#last - this.#since >= settings.leaseMs
  }
}
