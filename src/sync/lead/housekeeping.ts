import { asRevalError } from '../../errors/reval-error.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import { forgettableRuns, keptGenerations } from './keeping-rules.ts'

/**
 * Drops the generations that no record needs. What there is is listed first, then the record is read: names are never
 * used twice, so what is on no record that is read after the list is never needed again. What fails is told and tried
 * again at the next run; it never fails a run.
 */
export async function dropUnneeded(context: WriterContext): Promise<void> {
  const { store, ledger, events } = context
  try {
    const listed = await store.generations()
    const kept = keptGenerations(await readInstallation(ledger))
    for (const { id } of listed) if (!kept.has(id)) await store.dropGeneration(id)
  } catch (error) {
    events.emit('trouble', { doing: 'dropping generations', error: asRevalError(error) })
  }
}

/** Removes what only a run in progress needs: its claims. */
export async function tidyRun({ ledger, events }: WriterContext, run: string): Promise<void> {
  try {
    await ledger.tidy(run)
  } catch (error) {
    events.emit('trouble', { doing: 'cleaning up after a run', error: asRevalError(error) })
  }
}

/** How many more runs than are kept are looked at: each run ends by forgetting, so there is seldom more than one. */
const LOOKED_AT = 20

/** Removes the oldest runs, and what is known of their failures, beyond those that are kept. */
export async function forgetOldRuns({ ledger, settings, events }: WriterContext): Promise<void> {
  try {
    const installation = await readInstallation(ledger)
    const runs = await ledger.runs(settings.keepRuns + LOOKED_AT)
    for (const id of forgettableRuns(runs, settings.keepRuns, installation)) await ledger.forget(id)
  } catch (error) {
    events.emit('trouble', { doing: 'removing old runs from the ledger', error: asRevalError(error) })
  }
}
