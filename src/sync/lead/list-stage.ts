import { RevalError } from '../../errors/reval-error.ts'
import type { Claim, Run } from '../../ports/run-ledger.ts'
import type { Commands } from './commands.ts'
import type { SyncContext } from '../context.ts'
import { unprovedOf, withProgress } from './run-state.ts'
import { claimOf, editionsDiffer } from './send-stage.ts'
import type { Sight } from '../lease/sight.ts'

export const LIST_SERVICES = ['recommendation', 'connection'] as const

/**
 * Who has to answer for lists: a recommendation of the reference, which makes no claims, cannot, and need not, since
 * its list is a view here. The reasons that connection writes come from nowhere else.
 */
function answering(run: Run): readonly (typeof LIST_SERVICES)[number][] {
  return LIST_SERVICES.filter((service) => service === 'connection' || !unprovedOf(run).includes('doctors'))
}

export type ListStageStanding =
  | { readonly kind: 'waiting' | 'complete'; readonly run: Run }
  | { readonly kind: 'begin again'; readonly reason: string }

/**
 * Looks where the lists stand: each service claims them after `getMaster` and ends its claim when its lists are right.
 * The command goes out again while a claim is missing or has lapsed. Rejects with the code of a service that gave up.
 */
export async function lookAtLists(
  context: SyncContext,
  run: Run,
  commands: Commands,
  sight: Sight,
): Promise<ListStageStanding> {
  let open = 0
  let next = run
  for (const service of answering(run)) {
    const claim = await claimOf(context, run, 'lists', service)
    sight.looked()
    if (claim === null || isAbandoned(claim, sight)) {
      open += 1
      await commands.publishIfDue(run, 'lists')
      continue
    }
    if (claim.failure !== null) {
      const { code, reason, transient } = claim.failure
      if (!transient) throw new RevalError(code, reason)
      return { kind: 'begin again', reason: `${service} broke off its lists: ${reason}` }
    }
    const differing = await editionsDiffer(context, run, claim)
    if (differing !== null) return { kind: 'begin again', reason: differing }
    if (claim.totals === null) open += 1
    if (service === 'connection') next = withListProgress(next, claim)
  }
  return { kind: open === 0 ? 'complete' : 'waiting', run: next }
}

function isAbandoned(claim: Claim, sight: Sight): boolean {
  return claim.totals === null && claim.failure === null && sight.hasLapsed(claim)
}

function withListProgress(run: Run, { attempt, expected, totals }: Claim): Run {
  const { rows = 0, failedRows = 0 } = totals ?? {}
  return withProgress(run, 'lists', { attempt, expected, rows, failedRows })
}
