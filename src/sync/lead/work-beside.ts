import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { WriterContext } from '../lease/writer.ts'
import { isOfTheWriter } from '../lease/writer-errors.ts'
import { persist } from '../wait/persist.ts'

export type WorkState<Result> =
  | { readonly kind: 'working'; readonly rows: number }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: RevalError }

export interface WorkOptions<Result> {
  /** What is being done, for the warnings: "comparing with live". */
  readonly doing: string
  /** One attempt. It tells how many rows it has done, and stops when the signal is aborted. */
  readonly attempt: (onRows: (rows: number) => void, signal: AbortSignal) => Promise<Result>
  /** Called once the work is done or has failed. */
  readonly onEnd: () => void
}

/**
 * Long work on all rows of a generation, beside the conductor, which answers requests and lets changes pass meanwhile. After
 * a transient error it starts over, for as long as a stage may make no progress.
 */
export class WorkBeside<Result> {
  readonly #context: WriterContext
  readonly #options: WorkOptions<Result>
  readonly #stopping = new AbortController()
  readonly #working: Promise<void>
  /** By the monotonic clock; null between attempts. */
  #movedAt: number | null = null
  #state: WorkState<Result> = { kind: 'working', rows: 0 }

  /** Starts at once. */
  constructor(context: WriterContext, options: WorkOptions<Result>) {
    this.#context = context
    this.#options = options
    this.#working = this.#work()
  }

  get state(): WorkState<Result> {
    return this.#state
  }

  /** Whether an attempt is in progress that has done no row for as long as a stage may make no progress. */
  get hasStalled(): boolean {
    const { clock, settings } = this.#context
    return this.#movedAt !== null && clock.monotonic() - this.#movedAt > settings.stallMs
  }

  /** Stops, and resolves when it has stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort(new RevalError('RUN_OVER', `${this.#options.doing} is no longer needed`))
    await this.#working
  }

  async #work(): Promise<void> {
    const { clock, settings } = this.#context
    const { doing, attempt, onEnd } = this.#options
    const { signal } = this.#stopping
    let failingSince: number | null = null
    let furthest = 0
    let error: RevalError | null = null
    const shouldRetry = () => {
      // The ledger or the lease is away; the work continues once it is back.
      if (error !== null && isOfTheWriter(error.code)) return true
      failingSince ??= clock.monotonic()
      return clock.monotonic() - failingSince <= settings.stallMs
    }
    const onRows = (rows: number) => {
      if (rows > furthest) failingSince = null
      furthest = Math.max(furthest, rows)
      this.#movedAt = clock.monotonic()
      this.#state = { kind: 'working', rows }
    }
    try {
      const result = await persist(this.#context, { doing, signal, shouldRetry }, async () => {
        this.#movedAt = clock.monotonic()
        try {
          return await attempt(onRows, signal)
        } catch (reason) {
          throw (error = asRevalError(reason))
        } finally {
          this.#movedAt = null
        }
      })
      this.#state = { kind: 'done', result }
    } catch (reason) {
      const { code, message, details } = asRevalError(reason)
      // It was retried for long enough: not transient any more.
      this.#state = { kind: 'failed', error: new RevalError(code, message, { details, cause: reason }) }
    }
    onEnd()
  }
}
