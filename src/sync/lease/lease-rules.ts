import type { Lease } from '../../ports/run-ledger.ts'

/** A process that wants the lease. Times are milliseconds since the epoch. */
export interface LeaseRequest {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
  /** No other process can be alive; see `SyncContext.alone`. */
  readonly alone: boolean
}

/**
 * How long a lease has been observed unchanged, by the monotonic clock. Each renewal changes it, so one that is unchanged
 * for the length of a lease was not renewed, whatever the clock of its holder says.
 */
export interface LeaseObservation {
  readonly unchangedMs: number
}

/**
 * The lease as `holder` may save it now; null while another holder has it. The same holder keeps its term; another one
 * starts the next term. Source: docs/decisions/18-one-term-one-run.md.
 */
export function nextLease(
  known: Lease | null,
  { holder, now, leaseMs, alone }: LeaseRequest,
  { unchangedMs }: LeaseObservation = { unchangedMs: 0 },
): Lease | null {
  const until = now + leaseMs
  if (known === null) return { holder, term: 1, until }
  if (known.holder === holder) return { holder, term: known.term, until }
  if (!hasExpired(known, { holder, now, alone }) && unchangedMs <= leaseMs) return null
  return { holder, term: known.term + 1, until }
}

/** Whether a lease or claim has expired: its time is over, or its holder cannot be alive. */
export function hasExpired(
  known: { readonly holder: string; readonly until: number },
  { holder, now, alone }: Omit<LeaseRequest, 'leaseMs'>,
): boolean {
  return now > known.until || (alone && known.holder !== holder)
}

/** The fraction of a lease that is not trusted: it allows for differing clocks and for requests in flight. */
const MARGIN = 1 / 10

/** How long a lease may be trusted from the start of its last renewal, in milliseconds. */
export function trustedFor(leaseMs: number): number {
  return leaseMs * (1 - MARGIN)
}

/** The fraction of a lease by which clocks may differ. */
const TOLERATED = 1 / 4

/** Whether two clocks are too far apart for leases of this length. */
export function clocksDiffer(ours: number, theirs: number, leaseMs: number): boolean {
  return Math.abs(ours - theirs) > leaseMs * TOLERATED
}
