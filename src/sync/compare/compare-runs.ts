import { ComparisonTally, isInScope, type Scope } from '../../domain/comparison-tally.ts'
import type { ComparisonSummary, RowDifference } from '../../domain/comparison.ts'
import { londonDay, type Day } from '../../domain/day.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import { compareGenerations } from './compare.ts'
import { comparedRun, type ComparedRun } from './compared-runs.ts'

export interface CompareTools {
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly clock: Clock
}

/** Two runs by name, as `comparedRun` takes them, and what to look at. */
export interface CompareRequest {
  readonly before: string
  readonly after: string
  readonly scope: Scope
}

/** The comparison of two runs that keep their generations. The lists of both are read for today. */
export class RunsComparison {
  readonly before: ComparedRun
  readonly after: ComparedRun
  readonly day: Day
  readonly #store: IndexStore
  readonly #scope: Scope
  readonly #tally: ComparisonTally

  private constructor(store: IndexStore, day: Day, scope: Scope, sides: Record<'before' | 'after', ComparedRun>) {
    this.before = sides.before
    this.after = sides.after
    this.day = day
    this.#store = store
    this.#scope = scope
    this.#tally = new ComparisonTally(day)
  }

  /** Only looks up which generations there are; reads no rows yet. Rejects as `comparedRun` does. */
  static async of({ ledger, store, clock }: CompareTools, request: CompareRequest): Promise<RunsComparison> {
    const before = await comparedRun({ ledger, store }, request.before)
    const after = await comparedRun({ ledger, store }, request.after)
    return new RunsComparison(store, londonDay(clock.now()), request.scope, { before, after })
  }

  /** The differences in the scope, as they are found. Call it once. Rejects as `compareGenerations` does. */
  async *differences(signal?: AbortSignal): AsyncGenerator<readonly RowDifference[]> {
    const sides = { before: this.before.generation, after: this.after.generation }
    for await (const { rows, differences } of compareGenerations(this.#store, sides, signal)) {
      this.#tally.addRows(rows)
      const inScope = differences.filter((difference) => isInScope(difference, this.#scope, this.day))
      for (const difference of inScope) this.#tally.add(difference)
      if (inScope.length > 0) yield inScope
    }
  }

  /** Compares everything, for the figures alone. */
  async summarize(signal?: AbortSignal): Promise<ComparisonSummary> {
    const parts = this.differences(signal)
    while ((await parts.next()).done !== true);
    return this.summary()
  }

  /** What `differences` has found so far. */
  summary(): ComparisonSummary {
    return this.#tally.summary()
  }
}
