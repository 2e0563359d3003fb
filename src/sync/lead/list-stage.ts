import type { Claim, Run } from '../../ports/run-ledger.ts'
import type { LeaseObserver } from '../lease/lease-observer.ts'
import type { WriterContext } from '../lease/writer.ts'
import { STAGE_FACTS } from '../stages.ts'
import { claimOf, failureOf } from './claims.ts'
import type { Commands } from './commands.ts'
import type { Build } from './build.ts'

export type ListStageState =
  { readonly kind: 'waiting' | 'complete' } | { readonly kind: 'restart'; readonly reason: string }

/**
 * Checks the stage `lists`: after `getMaster`, each service claims it, counts its lists by its own rule, and ends its
 * claim. The command is published again while a claim is missing or has expired. Rejects with the code of a service
 * that failed. If one of them is a Java service, which would rebuild its lists, the command is not sent: its one route leads
 * to both. Nor does a verification send it, whose tables are filled in this stage.
 */
export async function checkLists(
  context: WriterContext,
  run: Run,
  build: Build,
  { commands, observer }: { readonly commands: Commands; readonly observer: LeaseObserver },
): Promise<ListStageState> {
  if (run.purpose === 'verify' || !commands.isClaimed('lists')) return { kind: 'complete' }
  let open = 0
  for (const { service } of STAGE_FACTS.lists.services) {
    if (build.lists.has(service)) continue
    const claim = await claimOf(context, run, 'lists', service)
    observer.observed()
    if (claim === null || isAbandoned(claim, observer)) {
      open += 1
      await commands.publishIfDue(run, 'lists')
      continue
    }
    const reason = failureOf(claim, 'its lists')
    if (reason !== null) return { kind: 'restart', reason }
    if (claim.totals === null) open += 1
    else build.lists.set(service, claim.counts ?? {})
  }
  return { kind: open === 0 ? 'complete' : 'waiting' }
}

function isAbandoned(claim: Claim, observer: LeaseObserver): boolean {
  return claim.totals === null && claim.failure === null && observer.hasExpired(claim)
}
