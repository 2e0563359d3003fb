import type { Claim } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { hasExpired } from './lease-rules.ts'

/** Two observations further apart than this part of a claim's lease are taken for an interruption. */
const INTERRUPTED_AFTER = 1 / 3

/**
 * Tells when a claim has lapsed. While the ledger is away nobody can renew a claim, so a lapsed lease says something of
 * its holder only once the ledger was readable, without interruption, for as long as a lease lasts.
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

  /** The ledger was read just now. */
  observed(): void {
    const { clock, settings } = this.#context
    const now = clock.monotonic()
    if (now - this.#last > settings.leaseMs * INTERRUPTED_AFTER) this.#since = now
    this.#last = now
  }

  /** Whether whoever holds the claim is gone. */
  hasExpired(claim: Claim): boolean {
    const { alone, holder, settings, clock } = this.#context
    if (!hasExpired(claim, { holder, alone, now: clock.now() })) return false
    // Of a process that cannot be alive nothing is to be expected.
    return (alone && claim.holder !== holder) || this.#last - this.#since >= settings.leaseMs
  }
}
