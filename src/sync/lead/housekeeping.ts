import { asRevalError } from '../../errors/reval-error.ts'
import type { Run } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, readInstallation } from '../records.ts'
import { forgettableRuns, keptGenerations } from '../keeping-rules.ts'
import { stillSendingFor } from './pick-up.ts'
import { withoutDroppedStale } from './stale.ts'

/**
 * Drops the generations that are not needed. It lists them before it reads the record: names are never used twice, so a
 * listed generation that is not on a record read later is never needed again. An error is a warning, and the next run
 * tries again.
 */
export async function dropUnneeded(context: WriterContext): Promise<void> {
  const { store, ledger, events } = context
  try {
    const listed = await store.generations()
    const kept = keptGenerations(await readInstallation(ledger))
    for (const { id } of listed) if (!kept.has(id)) await store.dropGeneration(id)
    await changeAsWriter(context, (known) => withoutDroppedStale(known, keptGenerations(known)))
  } catch (error) {
    events.emit('warning', { doing: 'dropping generations', error: asRevalError(error) })
  }
}

/** Makes this term the only one that writes to the generations that are kept. */
export async function takeOverKept({ store, ledger, term }: WriterContext): Promise<void> {
  await store.takeOver([...keptGenerations(await readInstallation(ledger))], term)
}

/** Clears up after a run that is over, so that the next can start: removes its claims, and keeps its generation if it was held back. */
export async function makeWay(context: WriterContext, run: Run): Promise<void> {
  const { id, generation, state } = run
  const heldBack = state === 'held back' && generation !== null ? { generation, run: id } : null
  // Before the installation drops the run: after a crash in between, the next writer cleans up.
  await tidyRun(context, id)
  await changeAsWriter(context, (known) =>
    known.currentRun?.id !== id
      ? null
      : {
          ...known,
          currentRun: null,
          building: null,
          heldBack: heldBack ?? known.heldBack,
          discarding: heldBack === null ? known.discarding : null,
          stillSending: [...known.stillSending, ...stillSendingFor(run)],
        },
  )
}

async function tidyRun({ ledger, events }: WriterContext, run: string): Promise<void> {
  try {
    await ledger.tidy(run)
  } catch (error) {
    events.emit('warning', { doing: 'cleaning up after a run', error: asRevalError(error) })
  }
}

/** How many runs beyond those kept are considered; each run ends by removing them, so there is seldom more than one. */
const BEYOND_KEPT = 20

/** Removes the oldest runs and their failures, beyond those that are kept. */
export async function forgetOldRuns({ ledger, settings, clock, events }: WriterContext): Promise<void> {
  const { runs: most, runsMs } = settings.retention
  try {
    const installation = await readInstallation(ledger)
    const runs = await ledger.runs(most + BEYOND_KEPT)
    const before = runsMs === 0 ? -Infinity : clock.now() - runsMs
    for (const id of forgettableRuns(runs, { most, before }, installation)) await ledger.forget(id)
  } catch (error) {
    events.emit('warning', { doing: 'removing old runs from the ledger', error: asRevalError(error) })
  }
}
