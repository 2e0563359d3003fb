import { INDEX_NAMES } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, LiveNames } from '../../ports/index-store.ts'
import type { Installation, NameChange } from '../../ports/run-ledger.ts'

/** How many name changes stay on record. */
const KEEP_HISTORY = 100

/** A request to change the names; `from` is read from the installation. */
export type NameChangeRequest = Pick<NameChange, 'kind' | 'to' | 'request' | 'by' | 'why'>

/** The installation once a change of names has started. Throws PROMOTION_IN_PROGRESS if another one is in progress. */
export function withNamesChanging(installation: Installation, request: NameChangeRequest, at: number): Installation {
  if (installation.changing !== null) {
    throw new RevalError('PROMOTION_IN_PROGRESS', `a ${installation.changing.kind} is in progress`)
  }
  return { ...installation, changing: { ...request, from: installation.live, at } }
}

/** The installation once it is known that the names did not move; null if this change is not in progress. */
export function withNamesUnchanged(installation: Installation, change: NameChange): Installation | null {
  return isInProgress(installation, change) ? { ...installation, changing: null } : null
}

/** The installation once the names have moved; null if that is recorded already. */
export function withNamesChanged(installation: Installation, change: NameChange): Installation | null {
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

function isInProgress({ changing }: Installation, change: NameChange): boolean {
  return changing?.at === change.at && changing.to.generation === change.to.generation
}

/** Whether all five names point at a generation: if only some moved, the change is not complete. */
export function allPointAt(names: LiveNames | null, generation: GenerationId): boolean {
  return names !== null && INDEX_NAMES.every((name) => names[name] === generation)
}
