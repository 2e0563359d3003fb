import type * as z from 'zod'
import type { Installation, RunComparison, RunLedger } from '../ports/run-ledger.ts'
import { LATEST, type Verification } from '../ports/verification.ts'
import { remaining } from '../sync/verify/findings.ts'
import type { LATEST_VERIFICATION, RUN_COMPARISON, VERIFICATION } from './json/differences.ts'
import { instant } from './json/parts.ts'

/** A verification as in HTTP responses and `--json`: instants as ISO 8601. */
export type VerificationView = z.infer<typeof VERIFICATION>

export function verificationView(verification: Verification): VerificationView {
  const { finishedAt, repaired } = verification
  return {
    ...verification,
    finishedAt: instant(finishedAt),
    repaired: repaired && { ...repaired, at: instant(repaired.at) },
  }
}

/** The latest verification, its age, and what it says of what is live now. */
export type LatestVerificationView = z.infer<typeof LATEST_VERIFICATION>

export function latestVerificationView(
  verification: Verification,
  { live }: Pick<Installation, 'live'>,
  now: number,
): LatestVerificationView {
  const { finishedAt, repaired } = verification
  const verified = repaired?.how === 'promote' ? verification.run : verification.live.run
  const isOfLive = live?.run === verified
  return {
    ...verificationView(verification),
    ageSeconds: Math.max(0, Math.round((now - finishedAt) / 1000)),
    isOfLive,
    hasDrift: isOfLive && remaining(verification) > 0,
  }
}

/** Null if there was none yet. */
export async function readLatestVerification(
  { ledger }: { readonly ledger: Pick<RunLedger, 'read'> },
  installation: Pick<Installation, 'live'>,
  now: number,
): Promise<LatestVerificationView | null> {
  const latest = await ledger.read('verification', LATEST)
  return latest && latestVerificationView(latest.value, installation, now)
}

/** How the generation of a run differed from live, in the same form. */
export function comparisonView(comparison: RunComparison): z.infer<typeof RUN_COMPARISON> {
  return { ...comparison, at: instant(comparison.at) }
}
