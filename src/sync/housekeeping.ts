import { asRevalError } from '../errors/reval-error.ts'
import type { SyncContext } from './context.ts'
import { readInstallation } from './records.ts'

/**
 * Drops the generations that nothing needs any more: not live, not the one before, not held back, not of the run in
 * progress. What fails is told and tried again at the next run; it never fails a run.
 */
export async function dropUnneeded(context: SyncContext, building: string | null): Promise<void> {
  const { store, ledger, events } = context
  try {
    const { live, previous, heldBack, changing } = await readInstallation(ledger)
    const kept = [live, previous, heldBack, changing?.to ?? null].map((each) => each?.generation)
    for (const { id } of await store.generations()) {
      if (id !== building && !kept.includes(id)) await store.dropGeneration(id)
    }
  } catch (error) {
    events.emit('trouble', { doing: 'dropping generations', error: asRevalError(error) })
  }
}

/** The generation that the run in progress fills; null where there is no such run, or it has none yet. */
export async function generationInProgress({ ledger }: Pick<SyncContext, 'ledger'>): Promise<string | null> {
  const { currentRun } = await readInstallation(ledger)
  return currentRun === null ? null : ((await ledger.read('run', currentRun.id))?.value.generation ?? null)
}

/** Removes what only a run in progress needs: claims and receipts. */
export async function tidyRun({ ledger, events }: SyncContext, run: string): Promise<void> {
  try {
    await ledger.tidy(run)
  } catch (error) {
    events.emit('trouble', { doing: 'tidying a run', error: asRevalError(error) })
  }
}
