import type { Day } from '../../domain/day.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { Installation, RunLedger } from '../../ports/run-ledger.ts'
import { readRun } from '../records.ts'
import { KEPT, type ExplainedGeneration } from './explanation.ts'

/** A kept generation with what the ledger knows of it. */
export interface KeptRun extends Omit<ExplainedGeneration, 'rows'> {
  readonly day: Day
  /** The version of the rules that it was written with; null if it is gone, or stored in another layout. */
  readonly version: number | null
}

/** The generations that are live, previous and held back, in this order. */
export async function keptRuns(
  { ledger, store }: { readonly ledger: RunLedger; readonly store: Pick<IndexStore, 'generations'> },
  { live, previous, heldBack }: Pick<Installation, 'live' | 'previous' | 'heldBack'>,
): Promise<readonly KeptRun[]> {
  const generations = new Map((await store.generations()).map((generation) => [generation.id, generation]))
  const kept = { live, previous, 'held back': heldBack }
  const named = KEPT.flatMap((word) => {
    const each = kept[word]
    return each === null ? [] : [{ kept: word, ...each }]
  })
  return Promise.all(
    named.map(async ({ kept: word, generation, run }) => {
      const { day, state, finishedAt } = await readRun(ledger, run)
      const { createdAt = null, assembleVersion = null, otherLayout } = generations.get(generation) ?? {}
      const version = otherLayout === undefined ? assembleVersion : null
      return { kept: word, generation, run, runState: state, day, createdAt, finishedAt, version }
    }),
  )
}
