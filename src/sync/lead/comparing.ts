import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Run, RunComparison, Refusal } from '../../ports/run-ledger.ts'
import type { Verification } from '../../ports/verification.ts'
import type { WriterContext } from '../lease/writer.ts'
import { isOfTheWriter } from '../lease/writer-errors.ts'
import { verifyLive, type VerifyTools } from '../verify/verify-live.ts'
import { persist } from '../wait/persist.ts'
import { compareWithLive } from './compare-with-live.ts'

/** What stage `comparing` found. */
export interface Compared {
  readonly comparison: RunComparison | null
  readonly verification: Verification | null
  /** Why the generation is held back although it passed its checks; null if it is not. */
  readonly refusal: Refusal | null
}

export type ComparingState =
  | { readonly kind: 'comparing'; readonly rows: number }
  | { readonly kind: 'done'; readonly compared: Compared }
  | { readonly kind: 'failed'; readonly error: RevalError }

/**
 * Compares the complete generation of a run with live, beside the conductor, which answers requests and lets changes pass
 * meanwhile. After a transient error it starts over, for as long as a stage may make no progress.
 */
export class Comparing {
  readonly #context: WriterContext
  readonly #tools: VerifyTools
  readonly #onEnd: () => void
  readonly #stopping = new AbortController()
  readonly #working: Promise<void>
  #state: ComparingState = { kind: 'comparing', rows: 0 }

  /** Starts at once. `onEnd` is called once it is done or has failed. */
  constructor(context: WriterContext, run: Run, tools: VerifyTools, onEnd: () => void) {
    this.#context = context
    this.#tools = tools
    this.#onEnd = onEnd
    this.#working = this.#compare(run)
  }

  get state(): ComparingState {
    return this.#state
  }

  /** Stops, and resolves when it has stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort(new RevalError('RUN_OVER', 'the comparison is no longer needed'))
    await this.#working
  }

  async #compare(run: Run): Promise<void> {
    const { clock, settings } = this.#context
    const { signal } = this.#stopping
    let failingSince: number | null = null
    let furthest = 0
    let error: RevalError | null = null
    const shouldRetry = () => {
      // The ledger or the lease is away; the comparison continues once it is back.
      if (error !== null && isOfTheWriter(error.code)) return true
      failingSince ??= clock.monotonic()
      return clock.monotonic() - failingSince <= settings.stallMs
    }
    const onRows = (rows: number) => {
      if (rows > furthest) failingSince = null
      furthest = Math.max(furthest, rows)
      this.#state = { kind: 'comparing', rows }
    }
    try {
      const compared = await persist(this.#context, { doing: 'comparing with live', signal, shouldRetry }, () =>
        this.#compareOnce(run, onRows).catch((reason: unknown) => {
          throw (error = asRevalError(reason))
        }),
      )
      this.#state = { kind: 'done', compared }
    } catch (reason) {
      this.#state = { kind: 'failed', error: asRevalError(reason) }
    }
    this.#onEnd()
  }

  async #compareOnce(run: Run, onRows: (rows: number) => void): Promise<Compared> {
    const { signal } = this.#stopping
    if (run.purpose !== 'verify') {
      return { verification: null, ...(await compareWithLive(this.#context, run, onRows, signal)) }
    }
    const verification = await verifyLive(this.#context, run, { ...this.#tools, onRows }, signal)
    return { verification, comparison: null, refusal: null }
  }
}
