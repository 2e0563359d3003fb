import type { GenerationId } from '../ports/index-store.ts'
import type { Installation, Run, RunId } from '../ports/run-ledger.ts'
import { isOver } from './run-state.ts'

/** The generations that must not be dropped. */
export function keptGenerations({
  live,
  previous,
  heldBack,
  building,
  java,
  changing,
}: Pick<Installation, 'live' | 'previous' | 'heldBack' | 'building' | 'java' | 'changing'>): ReadonlySet<GenerationId> {
  const kept = [live, previous, heldBack, building, java, changing?.to ?? null, changing?.from ?? null]
  return new Set(kept.flatMap((each) => each?.generation ?? []))
}

/**
 * Which of the runs, newest first, may be forgotten: those beyond the first `most`, or that ended before a time, if they are over
 * and their generation is not kept.
 */
export function forgettableRuns(
  runs: readonly Pick<Run, 'id' | 'state' | 'finishedAt'>[],
  { most, before }: { readonly most: number; readonly before: number },
  {
    live,
    previous,
    heldBack,
    building,
    java,
  }: Pick<Installation, 'live' | 'previous' | 'heldBack' | 'building' | 'java'>,
): readonly RunId[] {
  const kept = [live, previous, heldBack, building, java].map((each) => each?.run)
  return runs
    .filter(({ finishedAt }, at) => at >= most || (finishedAt !== null && finishedAt < before))
    .filter(({ id, state }) => isOver(state) && !kept.includes(id))
    .map(({ id }) => id)
}
