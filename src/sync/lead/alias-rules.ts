import { INDEX_NAMES } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, LiveAliases } from '../../ports/index-store.ts'
import type { AliasChange, Installation, KeptGeneration, RunId, WriterRequest } from '../../ports/run-ledger.ts'
import { refuseChanged } from './installation-seen.ts'

/** How many alias changes stay on record. */
const KEEP_HISTORY = 100

/** A request to change the aliases; `from` is read from the installation. */
export type AliasChangeRequest = Pick<AliasChange, 'kind' | 'to' | 'request' | 'by' | 'why'> &
  Partial<Pick<WriterRequest, 'seen'>>

/**
 * The installation once an alias change has started. Throws STATE_CHANGED if it is not as it was seen, PROMOTION_IN_PROGRESS
 * if another change is in progress.
 */
export function withAliasesChanging(
  installation: Installation,
  { seen = null, ...request }: AliasChangeRequest,
  at: number,
): Installation {
  refuseChanged(seen, installation)
  if (installation.changing !== null) {
    throw new RevalError('PROMOTION_IN_PROGRESS', `a ${installation.changing.kind} is in progress`)
  }
  return { ...installation, changing: { ...request, from: installation.live, at } }
}

/** The installation once it is known that the aliases did not move; null if this change is not in progress. */
export function withAliasesUnchanged(installation: Installation, change: AliasChange): Installation | null {
  return isInProgress(installation, change) ? { ...installation, changing: null } : null
}

/** The installation once the aliases have moved; null if that is recorded already. */
export function withAliasesChanged(installation: Installation, change: AliasChange): Installation | null {
  const { live, heldBack, building } = installation
  if (!isInProgress(installation, change)) return null
  const moved = live?.generation !== change.to.generation
  return {
    ...installation,
    live: change.to,
    previous: moved ? live : installation.previous,
    heldBack: heldBack?.generation === change.to.generation ? null : heldBack,
    building: building?.generation === change.to.generation ? null : building,
    changing: null,
    history: [change, ...installation.history].slice(0, KEEP_HISTORY),
  }
}

/**
 * The generation that a rollback leads to: the previous one, or that of the run. Throws NOTHING_TO_ROLL_BACK, or GENERATION_UNKNOWN for a run
 * whose generation is neither the previous one nor the Java services'.
 */
export function rollbackTarget(
  { live, previous, java }: Pick<Installation, 'live' | 'previous' | 'java'>,
  run: RunId | null,
): KeptGeneration {
  if (run === null) {
    if (previous !== null) return previous
    const hint = java === null || java.run === live?.run ? '' : `; --to ${java.run} leads to the Java services' indexes`
    throw new RevalError('NOTHING_TO_ROLL_BACK', `no previous generation${hint}`)
  }
  if (live?.run === run) throw new RevalError('NOTHING_TO_ROLL_BACK', `run ${run} is live`)
  const found = [previous, java].find((each) => each?.run === run)
  if (found != null) return found
  const kept = [...new Set([previous, java].flatMap((each) => each?.run ?? []))]
  const which = kept.length === 0 ? 'there is no run to roll back to' : `a rollback can lead to ${kept.join(' or ')}`
  throw new RevalError('GENERATION_UNKNOWN', `run ${run} is neither the previous one nor the Java services'; ${which}`)
}

function isInProgress({ changing }: Installation, change: AliasChange): boolean {
  return changing?.at === change.at && changing.to.generation === change.to.generation
}

/** Whether all five aliases point to a generation: if only some moved, the change is not complete. */
export function allPointTo(live: LiveAliases | null, generation: GenerationId): boolean {
  return live !== null && INDEX_NAMES.every((name) => live[name] === generation)
}
