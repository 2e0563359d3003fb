import { RevalError } from '../../errors/reval-error.ts'
import { claimId, type Claim, type ClaimedStage, type Run, type ServiceName } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'

/** The claim of a service in the generation that a run fills; null while there is none. */
export async function claimOf(
  { ledger }: Pick<SyncContext, 'ledger'>,
  run: Run,
  stage: ClaimedStage,
  service: ServiceName,
): Promise<Claim | null> {
  const generation = run.generation ?? ''
  return (await ledger.read('claim', claimId({ generation, stage, service })))?.value ?? null
}

/** Why a run cannot use two parts of the sources together; null where they are of one edition, or nobody can tell. */
export function editionsDiffer(
  first: { readonly of: string; readonly edition: string | null },
  second: { readonly of: string; readonly edition: string | null },
): string | null {
  if (first.edition === null || second.edition === null || first.edition === second.edition) return null
  return `the sources were replaced between ${first.of} and ${second.of}`
}

/**
 * Why a run begins again because of a service that gave its work up, where another attempt may succeed; null where it
 * did not give up. Throws with its code where it gave up for good.
 */
export function brokenOff({ service, failure }: Pick<Claim, 'service' | 'failure'>, doing: string): string | null {
  if (failure === null) return null
  if (!failure.transient) throw new RevalError(failure.code, failure.reason)
  return `${service} failed ${doing}: ${failure.reason}`
}
