import type { GenerationId } from '../ports/index-store.ts'
import type { Installation, Run, RunId } from '../ports/run-ledger.ts'
import { isOver } from './run-state.ts'

/** The generations that must not be dropped. */
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

/** Which of the runs, newest first, may be forgotten: those beyond the first `keep`, over, and without a kept generation. */
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
