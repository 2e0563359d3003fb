import type { Day } from '../../domain/day.ts'
import type { IndexName } from '../../domain/lists.ts'
import type { HeldClaim } from '../lease/claim.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'

/**
 * Answers `getMaster`. A list is a view of the master index, so there is nothing to build: this counts the rows of each
 * list by the service's own rule and records the counts, which the writer compares with its own.
 */
export async function countLists(
  context: SyncContext,
  claim: HeldClaim,
  lists: readonly IndexName[],
  day: Day,
  stopping: AbortSignal,
): Promise<void> {
  const { store, clock, settings } = context
  const signal = AbortSignal.any([claim.signal, stopping])
  const until = clock.monotonic() + settings.stallMs
  const counting = { doing: `counting ${lists.join(', ')}`, signal, shouldRetry: () => clock.monotonic() < until }
  try {
    const { indexes } = await persist(context, counting, () => store.count(claim.claim.generation, day))
    const counts = Object.fromEntries(lists.map((list) => [list, indexes[list]]))
    const rows = lists.reduce((sum, list) => sum + indexes[list], 0)
    await persist(context, { doing: 'announcing the totals of lists', signal }, () =>
      claim.end({ messages: 0, rows, failedRows: 0 }, counts),
    )
  } catch (error) {
    if (!signal.aborted)
      await persist(context, { doing: 'failing the claim of lists', signal }, () => claim.fail(error))
  } finally {
    await claim.release()
  }
}
