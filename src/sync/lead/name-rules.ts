import { INDEX_NAMES } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, LiveNames } from '../../ports/index-store.ts'
import type { Installation, NameChange } from '../../ports/run-ledger.ts'

/** Name changes that stay on record. */
const KEEP_HISTORY = 100

/** What a change of names is asked for with; where it starts from is read from the installation. */
export type NameChangeRequest = Pick<NameChange, 'kind' | 'to' | 'request' | 'by' | 'why'>

/** The installation with a change of names begun. Throws PROMOTION_IN_PROGRESS where another one is. */
export function withNamesChanging(installation: Installation, request: NameChangeRequest, at: number): Installation {
  if (installation.changing !== null) {
    throw new RevalError('PROMOTION_IN_PROGRESS', `a ${installation.changing.kind} is in progress`)
  }
  return { ...installation, changing: { ...request, from: installation.live, at } }
}

/** The installation once the names are known not to have moved; null where another change is in progress, or none. */
export function withNamesUnchanged(installation: Installation, change: NameChange): Installation | null {
  return isUnderWay(installation, change) ? { ...installation, changing: null } : null
}

/** The installation once the names have moved; null where that is recorded already. */
export function withNamesChanged(installation: Installation, change: NameChange): Installation | null {
  const { live, heldBack, building } = installation
  if (!isUnderWay(installation, change)) return null
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

function isUnderWay({ changing }: Installation, change: NameChange): boolean {
  return changing?.at === change.at && changing.to.generation === change.to.generation
}

/** Whether all five names show a generation: where only some of them moved, the change is not done. */
export function showEverywhere(names: LiveNames | null, generation: GenerationId): boolean {
  return names !== null && INDEX_NAMES.every((name) => names[name] === generation)
}
