import type { Claim } from '../../ports/run-ledger.ts'
import { hasLapsed } from './claim.ts'
import type { SyncContext } from '../context.ts'

/** A look that comes later than this part of a lease after the one before was kept from coming. */
const INTERRUPTED_AFTER = 1 / 3

/**
 * Since when the writer could look at the ledger without interruption. While the ledger is away, those who hold claims
 * cannot renew them either: a lease says something of its holder only once the writer has seen the ledger for as long
 * as a lease lasts, in which a holder that lives has renewed it.
 */
export class Sight {
  private readonly context: SyncContext
  private since: number
  private last: number

  constructor(context: SyncContext) {
    this.context = context
    this.since = context.clock.now()
    this.last = this.since
  }

  /** The ledger was looked at just now. */
  looked(): void {
    const { clock, settings } = this.context
    const now = clock.now()
    if (now - this.last > settings.leaseMs * INTERRUPTED_AFTER) this.since = now
    this.last = now
  }

  /** Whether whoever holds a claim is gone. */
  hasLapsed(claim: Claim): boolean {
    const { alone, holder, settings } = this.context
    if (!hasLapsed(claim, this.context)) return false
    // Of a process that cannot be alive nothing is to be expected.
    return (alone && claim.holder !== holder) || this.last - this.since >= settings.leaseMs
  }
}
