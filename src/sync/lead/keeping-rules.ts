import type { GenerationId } from '../../ports/index-store.ts'
import type { Installation, Run, RunId } from '../../ports/run-ledger.ts'
import { isOver } from '../run-state.ts'

/** The generations that an installation needs. */
export function keptGenerations({
  live,
  previous,
  heldBack,
  building,
  changing,
}: Pick<Installation, 'live' | 'previous' | 'heldBack' | 'building' | 'changing'>): ReadonlySet<GenerationId> {
  const kept = [live, previous, heldBack, building, changing?.to ?? null, changing?.from ?? null]
  return new Set(kept.flatMap((each) => each?.generation ?? []))
}

/** Which of the runs, newest first, may be forgotten: those beyond `keep` that are over and whose generation is gone. */
export function forgettableRuns(
  runs: readonly Pick<Run, 'id' | 'state'>[],
  keep: number,
  { live, previous, heldBack, building }: Pick<Installation, 'live' | 'previous' | 'heldBack' | 'building'>,
): readonly RunId[] {
  const kept = [live, previous, heldBack, building].map((each) => each?.run)
  return runs
    .slice(keep)
    .filter(({ id, state }) => isOver(state) && !kept.includes(id))
    .map(({ id }) => id)
}
