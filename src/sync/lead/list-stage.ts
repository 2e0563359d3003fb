import type { Claim, Run, ServiceName } from '../../ports/run-ledger.ts'
import type { LeaseObserver } from '../lease/lease-observer.ts'
import type { WriterContext } from '../lease/writer.ts'
import { STAGE_FACTS } from '../stages.ts'
import { brokenOff, claimOf } from './claims.ts'
import type { Commands } from './commands.ts'
import type { Filling } from './filling.ts'

/**
 * Who has to answer for lists: a recommendation of the reference, which makes no claims, cannot, and need not, since
 * its list is a view here.
 */
function answering(run: Run): readonly ServiceName[] {
  const services = STAGE_FACTS.lists.services.map(({ service }) => service)
  return services.filter((service) => service !== 'recommendation' || !run.unproved.includes('doctors'))
}

export type ListStageState =
  { readonly kind: 'waiting' | 'complete' } | { readonly kind: 'begin again'; readonly reason: string }

/**
 * Looks where the lists stand: each service claims them after `getMaster`, counts its lists by its own rule, and ends
 * its claim. The command goes out again while a claim is missing or has lapsed. Rejects with the code of a service that
 * gave up.
 */
export async function lookAtLists(
  context: WriterContext,
  run: Run,
  filling: Filling,
  { commands, observer }: { readonly commands: Commands; readonly observer: LeaseObserver },
): Promise<ListStageState> {
  let open = 0
  for (const service of answering(run)) {
    if (filling.lists.has(service)) continue
    const claim = await claimOf(context, run, 'lists', service)
    observer.observed()
    if (claim === null || isAbandoned(claim, observer)) {
      open += 1
      await commands.publishIfDue(run, 'lists')
      continue
    }
    const reason = brokenOff(claim, 'its lists')
    if (reason !== null) return { kind: 'begin again', reason }
    if (claim.totals === null) open += 1
    else filling.lists.set(service, claim.counts ?? {})
  }
  return { kind: open === 0 ? 'complete' : 'waiting' }
}

function isAbandoned(claim: Claim, observer: LeaseObserver): boolean {
  return claim.totals === null && claim.failure === null && observer.hasLapsed(claim)
}
