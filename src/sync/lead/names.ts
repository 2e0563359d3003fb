import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { KeptGeneration, NameChange, WriterRequest } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, readInstallation } from '../records.ts'
import {
  allPointAt,
  withNamesChanged,
  withNamesChanging,
  withNamesUnchanged,
  type NameChangeRequest,
} from './name-rules.ts'

/**
 * Moves the five names to a generation: records the change, moves them in one step in the index store, reads them back,
 * and records that it is done. Completes an unfinished change first. Rejects PROMOTION_IN_PROGRESS if another process
 * starts one.
 */
export async function changeNames(context: WriterContext, request: NameChangeRequest): Promise<void> {
  await finishNameChange(context)
  const at = context.clock.now()
  const { changing } = await changeAsWriter(context, (known) => withNamesChanging(known, request, at))
  if (changing === null) return
  context.events.emit('names.changing', { change: changing })
  await carryOut(context, changing)
}

/**
 * Completes a change of names that a crash, or a store that was away, left unfinished: the names tell whether they moved;
 * if not, this moves them. Does nothing if there is none.
 */
export async function finishNameChange(context: WriterContext): Promise<void> {
  const { changing } = await readInstallation(context.ledger)
  if (changing !== null) await carryOut(context, changing)
}

async function carryOut(context: WriterContext, change: NameChange): Promise<void> {
  const { store, events } = context
  if (!(await namesPointAt(store, change.to.generation))) {
    const fault = await promote(store, change)
    if (fault !== null) {
      // The names did not move. A change left on record would block every other one.
      await changeAsWriter(context, (known) => withNamesUnchanged(known, change))
      throw fault
    }
  }
  await changeAsWriter(context, (installation) => withNamesChanged(installation, change))
  events.emit('names.changed', { change })
}

/** Moves the names. Resolves with null if they point at the generation, else with the error. Rejects if that is unknown. */
async function promote(store: WriterContext['store'], { from, to }: NameChange): Promise<RevalError | null> {
  const { generation } = to
  let fault = new RevalError('STORE_FAILED', `the aliases were moved to ${generation} but do not point to it`)
  try {
    await store.promote(generation, from?.generation ?? null)
  } catch (error) {
    fault = asRevalError(error, 'STORE_FAILED')
    // Nothing was sent, or a request is still in flight: the names may yet move.
    if (fault.code === 'LEASE_EXPIRED' || fault.code === 'WRITER_LOST') throw fault
  }
  return (await namesPointAt(store, generation)) ? null : fault
}

async function namesPointAt(store: WriterContext['store'], generation: string): Promise<boolean> {
  return allPointAt(await store.liveNames(), generation)
}

/** Rolls back to the previous generation. A second rollback undoes the first. */
export async function rollBack(
  context: WriterContext,
  { id, by, why }: Pick<WriterRequest, 'id' | 'by' | 'why'>,
): Promise<KeptGeneration> {
  const { previous } = await readInstallation(context.ledger)
  if (previous === null) throw new RevalError('NOTHING_TO_ROLL_BACK', 'no previous generation')
  await changeNames(context, { kind: 'rollback', to: previous, request: id, by, why })
  return previous
}
