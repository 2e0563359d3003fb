import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { Installation } from '../../ports/run-ledger.ts'

/** Throws GENERATION_STALE if a generation missed a change: readers would see older rows than before. */
export function refuseStale(generation: GenerationId, { stale }: Pick<Installation, 'stale'>): void {
  const found = stale[generation]
  if (found !== undefined) throw new RevalError('GENERATION_STALE', `${generation} missed a change: ${found.reason}`)
}

/** The installation without the entries of generations that are not kept; null if there are none. */
export function withoutDroppedStale(installation: Installation, kept: ReadonlySet<GenerationId>): Installation | null {
  const entries = Object.entries(installation.stale)
  const remaining = entries.filter(([generation]) => kept.has(generation))
  return remaining.length === entries.length ? null : { ...installation, stale: Object.fromEntries(remaining) }
}
