import type { Installation, Run, RunState } from '../../ports/run-ledger.ts'

/** A state in a word, and the colour of its tag. A colour has one meaning on all pages. */
export interface Tag {
  readonly word: string
  readonly colour: TagColour
}

export type TagColour = 'white' | 'grey' | 'green' | 'aqua-green' | 'blue' | 'purple' | 'orange' | 'red' | 'yellow'

/** Which generations are kept: null while the ledger cannot tell. */
export type Kept = Pick<Installation, 'live' | 'previous' | 'heldBack'>

const TAGS = {
  requested: { word: 'Waiting', colour: 'white' },
  trainees: { word: 'Running', colour: 'blue' },
  doctors: { word: 'Running', colour: 'blue' },
  lists: { word: 'Running', colour: 'blue' },
  checking: { word: 'Being checked', colour: 'blue' },
  'catching up': { word: 'Catching up', colour: 'blue' },
  comparing: { word: 'Being compared', colour: 'blue' },
  promoting: { word: 'Going live', colour: 'blue' },
  discarded: { word: 'Discarded', colour: 'grey' },
  verified: { word: 'Verified', colour: 'purple' },
  failed: { word: 'Failed', colour: 'red' },
  cancelled: { word: 'Cancelled', colour: 'grey' },
} as const satisfies Readonly<Record<Exclude<RunState, 'live' | 'held back'>, Tag>>

/** The state of a run. Whether one that went live still is, only the installation knows: a rollback changes it. */
export function runState({ id, state }: Pick<Run, 'id' | 'state'>, kept: Kept | null): Tag {
  if (state === 'live') return livingTag(id, kept)
  if (state === 'held back') {
    const isKept = kept === null || kept.heldBack?.run === id
    return isKept ? { word: 'Held back', colour: 'orange' } : { word: 'Was held back', colour: 'grey' }
  }
  return TAGS[state]
}

function livingTag(id: string, kept: Kept | null): Tag {
  if (kept === null) return { word: 'Went live', colour: 'grey' }
  if (kept.live?.run === id) return { word: 'Live now', colour: 'green' }
  return kept.previous?.run === id
    ? { word: 'Live before', colour: 'aqua-green' }
    : { word: 'Was live', colour: 'grey' }
}

/** The state of a run and what else must be said of it. */
export function runTags(
  run: Pick<Run, 'id' | 'state' | 'decision' | 'unproved' | 'restarts'>,
  kept: Kept | null,
): Tag[] {
  const remarks = [
    ...(run.decision?.action === 'promoted' ? ['Promoted by hand'] : []),
    ...(run.unproved.length > 0 ? ['Not proved'] : []),
    ...(run.restarts.length > 0 ? ['Restarted'] : []),
  ]
  return [runState(run, kept), ...remarks.map((word): Tag => ({ word, colour: 'yellow' }))]
}

/** The state of a server or a service; null if it has not been asked yet, or did not say. */
export function serverState(works: boolean | null): Tag {
  if (works === null) return { word: 'Not known', colour: 'grey' }
  return works ? { word: 'Working', colour: 'green' } : { word: 'Away', colour: 'red' }
}
