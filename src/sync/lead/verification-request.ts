import { RevalError } from '../../errors/reval-error.ts'
import type { Repair, Run } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { requestRun, type RunRequestOptions } from './run-request.ts'
import { readInstallation, readRun } from '../records.ts'

/**
 * Requests a verification of what is live, for its day. Rejects NOTHING_LIVE if nothing is, or only what the Java services built,
 * and as `requestRun` does.
 */
export async function requestVerification(
  context: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  options: Pick<RunRequestOptions, 'by' | 'request' | 'seen'> & { readonly repair: Repair | null },
): Promise<Run> {
  const { live, java } = await readInstallation(context.ledger)
  if (live === null) throw new RevalError('NOTHING_LIVE', 'there is nothing to verify')
  if (live.generation === java?.generation) {
    throw new RevalError('NOTHING_LIVE', 'live is what the Java services built: reval compare --with-java compares it')
  }
  const { day } = await readRun(context.ledger, live.run)
  return requestRun(context, { ...options, day, purpose: 'verify' })
}
