import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import type { AliasChange, Installation, KeptGeneration } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, enterTerm, readInstallation } from '../records.ts'
import { adoptLive, refuseUnknownLive } from './adopt-live.ts'
import { changeAliases } from './aliases.ts'
import { dropUnneeded } from './housekeeping.ts'
import { runIdAt } from './run-request.ts'

/**
 * Takes the five indexes of the Java services as the live generation, with the record of a run that is over: the first run is compared with it,
 * and a rollback leads back to it. It stays kept until a person discards it. Repeating it after a crash goes on; once it is done,
 * it changes nothing. Rejects NOTHING_TO_ADOPT if another generation is live, or the store has no such indexes; RUN_IN_PROGRESS;
 * PROMOTION_IN_PROGRESS; LEDGER_GONE.
 */
export async function adoptJava(
  context: WriterContext,
  reason: Pick<AliasChange, 'by' | 'why'>,
): Promise<KeptGeneration> {
  const { ledger, store, clock } = context
  const installation = await readInstallation(ledger)
  const { live, java } = installation
  if (live !== null && live.generation === java?.generation) return live
  refuseWhileMoving(installation)
  if (live !== null) {
    throw new RevalError('NOTHING_TO_ADOPT', `run ${live.run} is live: the names are aliases of its generation`)
  }
  await enterTerm(context)
  if (!(await isTaken(store))) {
    await refuseUnknownLive(context)
    // What an earlier attempt left may be older than the indexes are now.
    await dropUnneeded(context)
    const at = clock.now()
    await store.adoptIndexes(runIdAt(at, 'java'), at)
  }
  return adoptLive(context, reason)
}

/** Whether an earlier attempt has moved the aliases, and died before it was on record. */
async function isTaken(store: IndexStore): Promise<boolean> {
  const aliases = await store.liveAliases()
  const [generation] = new Set<GenerationId>(Object.values(aliases ?? {}))
  return (await store.generations()).some(({ id, java }) => java === true && id === generation)
}

/**
 * The way back: rolls back to the Java services' generation, makes five indexes of it again, and forgets what was live. A
 * generation that is held back stays. Repeating it after a crash goes on. Rejects NOTHING_TO_RELEASE if no generation of the Java services is kept;
 * RUN_IN_PROGRESS; PROMOTION_IN_PROGRESS; as `releaseIndexes` does.
 */
export async function releaseJava(context: WriterContext, { by, why }: Pick<AliasChange, 'by' | 'why'>): Promise<void> {
  const installation = await readInstallation(context.ledger)
  const { live, java } = installation
  if (java === null) {
    throw new RevalError('NOTHING_TO_RELEASE', 'no generation made of the indexes of the Java services is kept')
  }
  refuseWhileMoving(installation)
  await enterTerm(context)
  // In one step, so that readers see nothing of two generations while the aliases are replaced one by one.
  if (live !== null && live.generation !== java.generation) {
    await changeAliases(context, { kind: 'rollback', to: java, request: null, by, why })
  }
  await context.store.releaseIndexes(java.generation)
  await changeAsWriter(context, (known) => ({ ...known, live: null, previous: null, java: null }))
  await dropUnneeded(context)
}

function refuseWhileMoving({ currentRun, changing }: Installation): void {
  if (currentRun !== null) {
    const { id: run } = currentRun
    throw new RevalError('RUN_IN_PROGRESS', `run ${run} is in progress`, { details: { run } })
  }
  if (changing !== null) throw new RevalError('PROMOTION_IN_PROGRESS', `a ${changing.kind} is in progress`)
}
