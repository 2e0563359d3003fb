import { RevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../context.ts'
import { recordDecision } from '../lead/failure-decisions.ts'
import type { ListedFailure } from './failure.ts'
import { findFailures, type FailureSelection, type FailureStores } from './find-failures.ts'
import { entryOf, removeFound } from './remove-found.ts'

/**
 * Removes failures, for a reason that is recorded. The decision is recorded first: after a crash in between, the failures are
 * still there and can be discarded again. Failures of a run in progress are evidence for its checks: selected by id, they
 * are refused with RUN_IN_PROGRESS; otherwise they stay. Rejects FAILURE_UNKNOWN, and USAGE without a reason.
 */
export async function discardFailures(
  stores: FailureStores & Pick<SyncContext, 'clock'>,
  selection: FailureSelection,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<readonly ListedFailure[]> {
  if (why.trim() === '') throw new RevalError('USAGE', 'why: a reason is required to discard')
  const found = await findFailures(stores, selection)
  const discarded = found.filter(({ listed }) => listed.generation !== 'in progress')
  const known = new Set(discarded.map(({ listed }) => listed.id))
  for (const id of 'ids' in selection ? selection.ids : []) {
    if (!known.has(id)) throw new RevalError('RUN_IN_PROGRESS', `${id} is a failure of the run in progress`)
  }
  await recordDecision(stores, { action: 'discarded', what: discarded.map(entryOf), by, why, at: stores.clock.now() })
  await removeFound(stores, discarded)
  return discarded.map(({ listed }) => listed)
}
