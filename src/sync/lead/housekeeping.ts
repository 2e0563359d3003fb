import { asRevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../context.ts'
import { readInstallation } from './records.ts'
import { isOver } from './run-state.ts'

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

/** How many more runs than are kept are looked at: each run ends by forgetting, so there is seldom more than one. */
const LOOKED_AT = 20

/** Removes the oldest runs, and what is known of their failures, beyond those that are kept. */
export async function forgetOldRuns({ ledger, settings, events }: SyncContext): Promise<void> {
  try {
    const { live, previous, heldBack } = await readInstallation(ledger)
    const kept = [live, previous, heldBack].map((each) => each?.run)
    const runs = await ledger.runs(settings.keepRuns + LOOKED_AT)
    for (const { id, state } of runs.slice(settings.keepRuns)) {
      if (isOver(state) && !kept.includes(id)) await ledger.forget(id)
    }
  } catch (error) {
    events.emit('trouble', { doing: 'forgetting old runs', error: asRevalError(error) })
  }
}
