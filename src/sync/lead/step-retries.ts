import type { ErrorCode } from '../../errors/codes.ts'
import type { RevalError } from '../../errors/reval-error.ts'
import type { WriterContext } from '../lease/writer.ts'
import { Backoff } from '../wait/persist.ts'

/** The longest pause after a failed step: requests are answered in between. */
export const LONGEST_PAUSE_MS = 1_000

const OF_THE_LEDGER: readonly ErrorCode[] = ['LEDGER_CONFLICT', 'LEDGER_FAILED', 'LEDGER_GONE', 'WRITER_LOST']

/** Whether an error ends the work of this writer, and not the run. */
export function isOfTheLedger({ code }: RevalError): boolean {
  return OF_THE_LEDGER.includes(code)
}

/** Consecutive failed steps of a run: since when, and whether to try again. */
export class StepRetries {
  readonly #context: WriterContext
  #retrying: { readonly since: number; readonly backoff: Backoff } | null = null

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** Whether the last step failed. */
  get areOn(): boolean {
    return this.#retrying !== null
  }

  /** A step succeeded, or the run is over. */
  end(): void {
    this.#retrying = null
  }

  /** Whether a step is tried again: after a transient error, for as long as a stage may make no progress. */
  mayRetry(error: RevalError, { isFatal }: { readonly isFatal: boolean }): boolean {
    const { clock, settings } = this.#context
    this.#retrying ??= { since: clock.monotonic(), backoff: new Backoff(LONGEST_PAUSE_MS) }
    const inTime = clock.monotonic() - this.#retrying.since <= settings.stallMs
    // An expired lease is not an error of the run, which continues once this process or another has the lease.
    return error.code === 'LEASE_EXPIRED' || (error.transient && !isFatal && inTime)
  }

  /** Waits before the next step, longer after each. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#retrying !== null) await this.#context.clock.wait(this.#retrying.backoff.next(), signal)
  }
}
