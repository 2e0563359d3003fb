import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { AliasChange, KeptGeneration, WriterRequest } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, readInstallation } from '../records.ts'
import {
  allPointTo,
  withAliasesChanged,
  withAliasesChanging,
  withAliasesUnchanged,
  rollbackTarget,
  type AliasChangeRequest,
} from './alias-rules.ts'
import { refuseChanged } from './installation-seen.ts'
import { refuseStale } from './stale.ts'
import { refuseViews } from './views.ts'

/**
 * Moves the five aliases to a generation: records the change, moves them in one step in the index store, reads them back,
 * and records that it is done. Completes an unfinished change first. Rejects STATE_CHANGED if the installation is not as it was
 * seen, PROMOTION_IN_PROGRESS if another process starts a change, GENERATION_HAS_VIEWS.
 */
export async function changeAliases(context: WriterContext, request: AliasChangeRequest): Promise<void> {
  await finishAliasChange(context)
  await refuseViews(context, request.to.generation)
  const at = context.clock.now()
  const { changing } = await changeAsWriter(context, (known) => withAliasesChanging(known, request, at))
  if (changing === null) return
  context.events.emit('aliases.changing', { change: changing })
  await carryOut(context, changing)
}

/**
 * Completes an alias change that a crash, or a store that was away, left unfinished: the aliases tell whether they moved;
 * if not, this moves them. Does nothing if there is none.
 */
export async function finishAliasChange(context: WriterContext): Promise<void> {
  const { changing } = await readInstallation(context.ledger)
  if (changing !== null) await carryOut(context, changing)
}

async function carryOut(context: WriterContext, change: AliasChange): Promise<void> {
  const { store, events } = context
  if (!(await aliasesPointTo(store, change.to.generation))) {
    const fault = await promote(context, change)
    if (fault !== null) {
      // The aliases did not move. A change left on record would block every other one.
      await changeAsWriter(context, (known) => withAliasesUnchanged(known, change))
      throw fault
    }
  }
  await changeAsWriter(context, (installation) => withAliasesChanged(installation, change))
  events.emit('aliases.changed', { change })
}

/** Moves the aliases. Resolves with null if they point to the generation, else with the error. Rejects if that is unknown. */
async function promote(context: WriterContext, { from, to }: AliasChange): Promise<RevalError | null> {
  const { store } = context
  const { generation } = to
  let fault = new RevalError('STORE_FAILED', `the aliases were moved to ${generation} but do not point to it`)
  try {
    // The change may be on record since before the settings were changed.
    await refuseViews(context, generation)
    await store.promote(generation, from?.generation ?? null)
  } catch (error) {
    fault = asRevalError(error, 'STORE_FAILED')
    // Nothing was sent, or a request is still in flight: the aliases may yet move.
    if (fault.code === 'LEASE_EXPIRED' || fault.code === 'WRITER_LOST') throw fault
  }
  return (await aliasesPointTo(store, generation)) ? null : fault
}

async function aliasesPointTo(store: WriterContext['store'], generation: string): Promise<boolean> {
  return allPointTo(await store.liveAliases(), generation)
}

/**
 * Rolls back to the previous generation, or to that of a run, if it is the previous one or the Java services'. A second rollback
 * undoes the first. Rejects STATE_CHANGED, NOTHING_TO_ROLL_BACK, GENERATION_UNKNOWN, GENERATION_STALE, GENERATION_HAS_VIEWS.
 */
export async function rollBack(
  context: WriterContext,
  {
    id,
    run = null,
    seen = null,
    by,
    why,
  }: Pick<WriterRequest, 'id' | 'by' | 'why'> & Partial<Pick<WriterRequest, 'seen' | 'run'>>,
): Promise<KeptGeneration> {
  const installation = await readInstallation(context.ledger)
  refuseChanged(seen, installation)
  const to = rollbackTarget(installation, run)
  refuseStale(to.generation, installation)
  await changeAliases(context, { kind: 'rollback', to, request: id, seen, by, why })
  return to
}
