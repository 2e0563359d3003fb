import { RevalError } from '../../errors/reval-error.ts'
import type { Run } from '../../ports/run-ledger.ts'
import type { Verification } from '../../ports/verification.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { ChangeApplier } from '../refresh/apply-changes.ts'
import type { Mutex } from '../wait/mutex.ts'

/** What verifying needs besides the context. */
export interface VerifyTools {
  /** Keeps batches of changes apart from the readings of rows: `Conductor.changes`. */
  readonly changes: Mutex
  /** Refreshes keys in live and in the generation that was built, for a repair by rows. */
  readonly applier: ChangeApplier
}

/**
 * Compares live with the generation that a verification built, and repairs rows if the run says so; a repair by promotion is
 * left to the caller. Saves the findings and the latest result; the caller saves the result in the run. Call it in stage
 * `comparing`, when the generation is one that changes are written to, and not from within `changes`. It may take a minute or
 * more; it may be called again after it rejected. Rejects VERIFY_VOID if live moved since the run was requested, an error of
 * the backends, or with the signal's reason soon after that is aborted.
 */
export type VerifyLive = (
  context: WriterContext,
  run: Run,
  tools: VerifyTools,
  signal: AbortSignal,
) => Promise<Verification>

export const verifyLive: VerifyLive = () => Promise.reject(new RevalError('INTERNAL', 'not built yet'))

/** Whether a verification is to be repaired by promoting what it built. */
export function isToBePromoted(run: Pick<Run, 'repair'>, { missing, surplus, different }: Verification): boolean {
  return run.repair === 'promote' && missing + surplus + different > 0
}

/** Records that the generation of a verification went live. Resolves with the result, for the caller to save in the run. */
export type RecordPromotion = (context: WriterContext, verification: Verification) => Promise<Verification>

export const recordPromotion: RecordPromotion = () => Promise.reject(new RevalError('INTERNAL', 'not built yet'))
