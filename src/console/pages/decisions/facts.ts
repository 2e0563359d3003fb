import type { ComparisonSummary } from '../../../domain/comparison.ts'
import { londonDay } from '../../../domain/day.ts'
import type { SyncContext } from '../../../sync/context.ts'
import type { Installation, KeptGeneration, Run } from '../../../ports/run-ledger.ts'
import type { Sides } from '../../../sync/compare/compare.ts'
import { readInstallation } from '../../../sync/records.ts'
import { reading, valueOf } from '../../frame/reading.ts'
import type { ListCounts } from './list-effects.ts'

/** A kept generation, as a decision shows it. */
export interface KeptFacts {
  readonly kept: KeptGeneration
  /** Null if its record is gone. */
  readonly run: Run | null
  /** Null if the index store did not answer. */
  readonly counts: ListCounts | null
}

/** What the pages of decisions are made of. */
export interface DecisionFacts {
  readonly installation: Installation
  readonly live: KeptFacts | null
  readonly previous: KeptFacts | null
  readonly heldBack: KeptFacts | null
  /** How what is held back differs from live, and live from what was live before, as previews worked it out. Null if they did not. */
  readonly compared: { readonly heldBack: ComparisonSummary | null; readonly previous: ComparisonSummary | null }
  readonly now: number
}

/** Rejects if the ledger does not answer: without it, there is nothing to decide on. */
export async function readDecisionFacts(
  { ledger, store }: Pick<SyncContext, 'ledger' | 'store'>,
  known: (sides: Sides) => { readonly summary: ComparisonSummary } | null,
  now: number,
): Promise<DecisionFacts> {
  const installation = await readInstallation(ledger)
  const runOf = async (id: string) => (await ledger.read('run', id))?.value ?? null
  const keptFacts = async (kept: KeptGeneration | null): Promise<KeptFacts | null> => {
    if (kept === null) return null
    const [run, counts] = await Promise.all([
      runOf(kept.run),
      reading(() => store.count(kept.generation, londonDay(now))),
    ])
    return { kept, run, counts: valueOf(counts)?.indexes ?? null }
  }
  const [live, previous, heldBack] = await Promise.all([
    keptFacts(installation.live),
    keptFacts(installation.previous),
    keptFacts(installation.heldBack),
  ])
  const compared = (before: KeptFacts | null, after: KeptFacts | null): ComparisonSummary | null =>
    before === null || after === null
      ? null
      : (known({ before: before.kept.generation, after: after.kept.generation })?.summary ??
        keptComparison(before.kept, after.run))
  return {
    installation,
    live,
    previous,
    heldBack,
    compared: { heldBack: compared(live, heldBack), previous: compared(previous, live) },
    now,
  }
}

/** The comparison that a run keeps, if it is with this generation. */
function keptComparison(before: KeptGeneration, run: Run | null): ComparisonSummary | null {
  const comparison = run?.comparison ?? null
  return comparison?.with.generation === before.generation ? comparison.summary : null
}
