import { ComparisonTally } from '../../../domain/comparison-tally.ts'
import type { ComparisonSummary } from '../../../domain/comparison.ts'
import { londonDay, type Day } from '../../../domain/day.ts'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { IndexStore } from '../../../ports/index-store.ts'
import { compareGenerations, type Sides } from '../../../sync/compare/compare.ts'
import { movedRow, type MovedRow } from './moved-rows.ts'

/** Two generations, compared. */
export interface Compared {
  readonly summary: ComparisonSummary
  /** The first ones by id. */
  readonly rows: readonly MovedRow[]
  /** Whether `rows` has all. */
  readonly hasAll: boolean
  /** The day for which the lists were read. */
  readonly day: Day
  readonly at: number
}

export type ComparisonState =
  /** `rows`: how many rows of the later generation were read so far. */
  | { readonly kind: 'working'; readonly rows: number }
  | { readonly kind: 'done'; readonly compared: Compared }
  | { readonly kind: 'failed'; readonly error: RevalError }

interface Job {
  state: ComparisonState
  readonly ended: Promise<undefined>
}

/** How many rows that moved are kept of a comparison: they take about 200 bytes each. */
const MOST_ROWS = 100_000
/** How many comparisons are kept in memory. */
const MOST_KEPT = 2

/**
 * Comparisons that pages asked for, in the background and one at a time. The latest are kept, so that pages of rows need not compare
 * again.
 */
export class ComparisonJobs {
  readonly #store: Pick<IndexStore, 'rows' | 'get'>
  readonly #clock: Clock
  readonly #stopping = new AbortController()
  /** The latest used last. */
  readonly #jobs = new Map<string, Job>()
  #last: Promise<void> = Promise.resolve()

  constructor({ store, clock }: { readonly store: Pick<IndexStore, 'rows' | 'get'>; readonly clock: Clock }) {
    this.#store = store
    this.#clock = clock
  }

  /** What is known of a comparison now; null if no page asked for it, or too long ago. Starts nothing. */
  known(sides: Sides): Compared | null {
    const state = this.#jobs.get(keyOf(sides))?.state
    return state?.kind === 'done' ? state.compared : null
  }

  /** The state after at most `waitMs`. Starts the comparison if it was not made yet, or failed. */
  async of(sides: Sides, waitMs: number): Promise<ComparisonState> {
    const known = this.#jobs.get(keyOf(sides))
    const job = known === undefined || known.state.kind === 'failed' ? this.#start(sides) : known
    this.#jobs.delete(keyOf(sides))
    this.#jobs.set(keyOf(sides), job)
    const waiting = new AbortController()
    await Promise.race([job.ended, this.#clock.wait(waitMs, waiting.signal)])
    waiting.abort()
    return job.state
  }

  /** Forgets a comparison that has ended, so that it is made again. */
  forget(sides: Sides): void {
    if (this.#jobs.get(keyOf(sides))?.state.kind !== 'working') this.#jobs.delete(keyOf(sides))
  }

  /** Stops, and resolves when it has stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort(new RevalError('INTERRUPTED', 'the process stops'))
    await this.#last
  }

  #start(sides: Sides): Job {
    const { promise: ended, resolve } = Promise.withResolvers<undefined>()
    const job: Job = { state: { kind: 'working', rows: 0 }, ended }
    this.#last = this.#last.then(() => this.#compare(sides, job)).finally(() => resolve(undefined))
    const old = [...this.#jobs].filter(([, { state }]) => state.kind !== 'working').map(([key]) => key)
    for (const key of old.slice(0, Math.max(0, old.length - MOST_KEPT + 1))) this.#jobs.delete(key)
    return job
  }

  async #compare(sides: Sides, job: Job): Promise<void> {
    const day = londonDay(this.#clock.now())
    const tally = new ComparisonTally(day)
    const rows: MovedRow[] = []
    let moved = 0
    let read = 0
    try {
      for await (const part of compareGenerations(this.#store, sides, this.#stopping.signal)) {
        tally.addRows(part.rows)
        for (const difference of part.differences) {
          tally.add(difference)
          const row = movedRow(difference, day)
          if (row === null) continue
          moved += 1
          if (rows.length < MOST_ROWS) rows.push(row)
        }
        read += part.rows.after
        job.state = { kind: 'working', rows: read }
      }
      const hasAll = moved === rows.length
      job.state = { kind: 'done', compared: { summary: tally.summary(), rows, hasAll, day, at: this.#clock.now() } }
    } catch (error) {
      job.state = { kind: 'failed', error: asRevalError(error) }
    }
  }
}

function keyOf({ before, after }: Sides): string {
  return `${before} ${after}`
}
