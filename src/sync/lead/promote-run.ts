import type { AliasChange, Run } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import { changeAliases, finishAliasChange } from './aliases.ts'
import { refuseMovedLive } from './run-purpose.ts'
import { refuseStale } from './stale.ts'

/**
 * Moves the aliases to the generation of a run that is promoting, unless they have moved already. Call it between two batches
 * of changes. Rejects GENERATION_STALE; GENERATION_HAS_VIEWS; VERIFY_VOID if live is not what a verification compared; as `changeAliases` does.
 */
export async function promoteRun(context: WriterContext, run: Run): Promise<void> {
  const { id, requestedBy: by, evidence, verification, expect } = run
  const to = { generation: run.generation ?? '', run: id }
  await finishAliasChange(context)
  const installation = await readInstallation(context.ledger)
  // After a crash the aliases may already have moved for this run, and even been rolled back.
  const isOurs = (change: AliasChange) => change.kind === 'promotion' && change.to.generation === to.generation
  if (installation.history.some(isOurs)) return
  refuseStale(to.generation, installation)
  if (verification !== null) refuseMovedLive(verification, installation)
  const why = evidence?.accepted == null ? 'the run passed its checks' : `expected: ${expect ?? ''}`
  await changeAliases(context, { kind: 'promotion', to, request: null, by, why })
}
