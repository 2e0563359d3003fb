import type { Clock } from '../../ports/clock.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { FailedRow, RunLedger } from '../../ports/run-ledger.ts'
import { failuresOf } from '../failures-of.ts'
import type { KeyScope } from './key-scope.ts'
import type { RefusedRow } from './wanted-rows.ts'

/** An operator may discard failures meanwhile. */
const READ_AGAIN_MS = 60_000
/** Failures kept in memory. If a generation has more, all keys of each batch are sent to the ledger. */
const MOST_FAILURES = 50_000

/**
 * The failures of one generation, as the ledger has them. They are kept in memory, so that a batch whose rows are right
 * needs no request.
 */
export class KnownFailures {
  readonly #context: { readonly ledger: RunLedger; readonly clock: Clock }
  readonly #generation: GenerationId
  /** Null if there are too many. */
  #known: Map<string, Pick<FailedRow, 'stage' | 'code' | 'reason'>> | null = null
  #readAt = -Infinity

  constructor(context: { readonly ledger: RunLedger; readonly clock: Clock }, generation: GenerationId) {
    this.#context = context
    this.#generation = generation
  }

  /**
   * Brings the ledger up to date: removes the failures of rows in scope that are right now, in any stage, and records the
   * refused rows. A row that failed before keeps its stage: its record is replaced, and is never missing meanwhile. Resolves
   * with the new failures.
   */
  async update(scope: KeyScope, run: FailedRow['run'], refused: readonly RefusedRow[]): Promise<readonly FailedRow[]> {
    const { ledger } = this.#context
    const known = await this.#read()
    const failing = new Map(refused.map((row) => [row.key, row]))
    const isKnown = ({ key, code, reason }: RefusedRow): boolean => {
      const before = known?.get(key)
      return before?.code === code && before.reason === reason
    }
    const added = [...failing.values()].filter((row) => !isKnown(row)).map((row) => this.#failure(run, row))
    const right = [...(known?.keys() ?? scope.failureKeys())].filter((key) => scope.covers(key) && !failing.has(key))
    if (right.length > 0) await ledger.removeFailures(this.#generation, right)
    for (const key of right) known?.delete(key)
    if (added.length > 0) await ledger.addFailures(added)
    for (const { key, stage, code, reason } of added) known?.set(key, { stage, code, reason })
    return added
  }

  #failure(run: FailedRow['run'], { key, code, reason }: RefusedRow): FailedRow {
    const at = this.#context.clock.now()
    const stage = this.#known?.get(key)?.stage ?? 'refresh'
    return { run, generation: this.#generation, stage, at, key, code, reason }
  }

  async #read() {
    const { ledger, clock } = this.#context
    if (clock.monotonic() - this.#readAt < READ_AGAIN_MS) return this.#known
    const readAt = clock.monotonic()
    this.#known = new Map()
    for await (const { key, stage, code, reason } of failuresOf(ledger, this.#generation)) {
      this.#known.set(key, { stage, code, reason })
      if (this.#known.size <= MOST_FAILURES) continue
      this.#known = null
      break
    }
    this.#readAt = readAt
    return this.#known
  }
}
