import type * as z from 'zod'
import type { RunComparison } from '../ports/run-ledger.ts'
import type { Verification } from '../ports/verification.ts'
import type { RUN_COMPARISON, VERIFICATION } from './json/differences.ts'

const instant = (time: number) => new Date(time).toISOString()

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

/** How the generation of a run differed from live, in the same form. */
export function comparisonView(comparison: RunComparison): z.infer<typeof RUN_COMPARISON> {
  return { ...comparison, at: instant(comparison.at) }
}
