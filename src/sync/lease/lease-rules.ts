import type { Lease } from '../../ports/run-ledger.ts'

/** What decides who holds the lease: times are milliseconds since the epoch. */
export interface LeaseQuestion {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
  /** No other process can be alive. */
  readonly alone: boolean
}

/**
 * How long, by the monotonic clock, a lease has been seen as it is. Each renewal changes it: one that has not changed for
 * as long as a lease lasts was not renewed, whatever its holder's clock made it say.
 */
export interface Seen {
  readonly unchangedMs: number
}

/**
 * The lease as `holder` may write it now; null while it is somebody else's. The same holder keeps its term, because
 * nobody had it in between; another begins the next one. Source: design, "One writer".
 */
export function nextLease(
  known: Lease | null,
  { holder, now, leaseMs, alone }: LeaseQuestion,
  { unchangedMs }: Seen = { unchangedMs: 0 },
): Lease | null {
  const until = now + leaseMs
  if (known === null) return { holder, term: 1, until }
  if (known.holder === holder) return { holder, term: known.term, until }
  if (!hasExpired(known, { holder, now, alone }) && unchangedMs <= leaseMs) return null
  return { holder, term: known.term + 1, until }
}

/** Whether whoever holds a lease or a claim is gone: its time is over, or its process cannot be alive. */
export function hasExpired(
  known: { readonly holder: string; readonly until: number },
  { holder, now, alone }: Omit<LeaseQuestion, 'leaseMs'>,
): boolean {
  return now > known.until || (alone && known.holder !== holder)
}

/** Of a lease, this part is not trusted: for what clocks differ by and requests take. */
const MARGIN = 1 / 10

/** How long after the start of the renewal that won it a lease may be trusted, in milliseconds. */
export function trustedFor(leaseMs: number): number {
  return leaseMs * (1 - MARGIN)
}

/** Of a lease, clocks may differ by this part before nobody should rely on them. */
const TOLERATED = 1 / 4

/** Whether two clocks are too far apart for leases of this length. */
export function clocksDiffer(ours: number, theirs: number, leaseMs: number): boolean {
  return Math.abs(ours - theirs) > leaseMs * TOLERATED
}
