import type { JournalKey, RunWorkspace } from '../../ports/run-workspace.ts'
import type { RefreshKeys, RefreshTarget } from '../refresh/refresh.ts'

/** Keys that are refreshed together. */
const BATCH = 500

/** What a generation catches up with. */
export interface CatchUp {
  readonly workspace: Pick<RunWorkspace, 'journal' | 'removeFromJournal'>
  readonly target: RefreshTarget
  readonly refresh: RefreshKeys
}

/**
 * Refreshes some keys of the journal, while new ones may come in. True when so few are left that the switch may take
 * them along.
 */
export async function catchUpSome({ workspace, target, refresh }: CatchUp): Promise<boolean> {
  const entries = await workspace.journal(BATCH)
  await refreshEntries({ workspace, target, refresh }, entries)
  return entries.length < BATCH
}

/** Refreshes all keys of the journal; nothing may put new ones in meanwhile. Gives how many there were. */
export async function catchUpAll(catchUp: CatchUp): Promise<number> {
  let refreshed = 0
  for (;;) {
    const entries = await catchUp.workspace.journal(BATCH)
    if (entries.length === 0) return refreshed
    await refreshEntries(catchUp, entries)
    refreshed += entries.length
  }
}

/** A key leaves the journal once its rows are written: whoever dies in between leaves it there. */
async function refreshEntries({ workspace, target, refresh }: CatchUp, keys: readonly JournalKey[]): Promise<void> {
  if (keys.length === 0) return
  await refresh(target, keys)
  await workspace.removeFromJournal(keys)
}
