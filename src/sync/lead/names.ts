import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { KeptGeneration, NameChange, WriterRequest } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, readInstallation } from '../records.ts'
import {
  showEverywhere,
  withNamesChanged,
  withNamesChanging,
  withNamesUnchanged,
  type NameChangeRequest,
} from './name-rules.ts'

/**
 * Moves the five names to a generation: written into the ledger first, then one step in the index store, then read
 * back, then recorded as done. A change that was begun and of which nobody knows how it ended is finished before.
 * Rejects PROMOTION_IN_PROGRESS when another process begins one.
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
 * Finishes a change of names that a crash left, or a store that could not be asked: whether it took place is read from
 * the names themselves, and where it did not, it is carried out. Nothing to do is no error.
 */
export async function finishNameChange(context: WriterContext): Promise<void> {
  const { changing } = await readInstallation(context.ledger)
  if (changing !== null) await carryOut(context, changing)
}

async function carryOut(context: WriterContext, change: NameChange): Promise<void> {
  const { store, events } = context
  if (!(await showsEverywhere(store, change.to.generation))) {
    const fault = await promote(store, change)
    if (fault !== null) {
      // The names are known not to have moved: the record of a change that is over would refuse every other.
      await changeAsWriter(context, (known) => withNamesUnchanged(known, change))
      throw fault
    }
  }
  await changeAsWriter(context, (installation) => withNamesChanged(installation, change))
  events.emit('names.changed', { change })
}

/** Why the names do not show a generation; null when they do, whatever the store said. Rejects when nobody knows. */
async function promote(store: WriterContext['store'], { from, to }: NameChange): Promise<RevalError | null> {
  const { generation } = to
  let fault = new RevalError('STORE_FAILED', `the names were moved to ${generation} but do not point at it`)
  try {
    await store.promote(generation, from?.generation ?? null)
  } catch (error) {
    fault = asRevalError(error, 'STORE_FAILED')
    // Nothing has left this process, or nobody knows what became of it: the names may yet move.
    if (fault.code === 'LEASE_EXPIRED' || fault.code === 'WRITER_LOST') throw fault
  }
  return (await showsEverywhere(store, generation)) ? null : fault
}

async function showsEverywhere(store: WriterContext['store'], generation: string): Promise<boolean> {
  return showEverywhere(await store.liveNames(), generation)
}

/** Goes back to the generation before; a second time returns to where the first came from. */
export async function rollBack(
  context: WriterContext,
  { id, by, why }: Pick<WriterRequest, 'id' | 'by' | 'why'>,
): Promise<KeptGeneration> {
  const { previous } = await readInstallation(context.ledger)
  if (previous === null) throw new RevalError('NOTHING_TO_ROLL_BACK', 'no previous generation')
  await changeNames(context, { kind: 'rollback', to: previous, request: id, by, why })
  return previous
}
