import { RevalError } from '../../errors/reval-error.ts'
import { claimId, type Claim, type ClaimedStage, type Run, type ServiceName } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'

/** The claim of a service on a stage of the run's generation; null if there is none. */
export async function claimOf(
  { ledger }: Pick<SyncContext, 'ledger'>,
  run: Run,
  stage: ClaimedStage,
  service: ServiceName,
): Promise<Claim | null> {
  const generation = run.generation ?? ''
  return (await ledger.read('claim', claimId({ generation, stage, service })))?.value ?? null
}

/** Why a run cannot combine two sources; null if they are of one edition, or that is not known. */
export function editionsDiffer(
  first: { readonly of: string; readonly edition: string | null },
  second: { readonly of: string; readonly edition: string | null },
): string | null {
  if (first.edition === null || second.edition === null || first.edition === second.edition) return null
  return `the sources were replaced between ${first.of} and ${second.of}`
}

/**
 * Why a run restarts after a service failed, if another attempt may succeed; null if the service did not fail. Throws
 * with the code of its failure if a restart would not help.
 */
export function failureOf({ service, failure }: Pick<Claim, 'service' | 'failure'>, doing: string): string | null {
  if (failure === null) return null
  if (!failure.transient) throw new RevalError(failure.code, failure.reason)
  return `${service} failed ${doing}: ${failure.reason}`
}
