import { asRevalError } from '../../errors/reval-error.ts'
import type { JournalKey, RunWorkspace } from '../../ports/run-workspace.ts'
import type { RefreshKeys, RefreshTarget } from '../refresh/refresh.ts'

/** How many keys are refreshed at a time. */
const BATCH = 500

/** What catching up needs: the journal, the generation, and how to refresh keys. */
export interface CatchUp {
  readonly workspace: Pick<RunWorkspace, 'journal' | 'removeFromJournal'>
  readonly target: RefreshTarget
  readonly refresh: RefreshKeys
}

/**
 * Refreshes some keys of the journal, while new ones may be added. `isClose` once so few are left that they can be done
 * during the switch.
 */
export async function catchUpSome(
  catchUp: CatchUp,
): Promise<{ readonly refreshed: number; readonly isClose: boolean }> {
  const entries = await catchUp.workspace.journal(BATCH)
  await refreshEntries(catchUp, entries)
  return { refreshed: entries.length, isClose: entries.length < BATCH }
}

/** Refreshes all keys of the journal; none may be added meanwhile. */
export async function catchUpAll(catchUp: CatchUp): Promise<void> {
  for (;;) {
    const entries = await catchUp.workspace.journal(BATCH)
    if (entries.length === 0) return
    await refreshEntries(catchUp, entries)
  }
}

/** A key is removed from the journal once its rows are written, so a crash in between loses none. */
async function refreshEntries({ workspace, target, refresh }: CatchUp, keys: readonly JournalKey[]): Promise<void> {
  if (keys.length === 0) return
  const [result] = await refresh([target], keys, 'catching up')
  if (result?.status !== 'fulfilled') throw asRevalError(result?.reason)
  await workspace.removeFromJournal(keys)
}
