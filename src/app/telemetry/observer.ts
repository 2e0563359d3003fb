import { asRevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MetricRecorder } from './exposition.ts'
import type { MeasuredName } from './metric-table.ts'
import type { SpanOfCall, Traces } from './traces.ts'

/** A call that leaves this process. */
export interface ObservedCall {
  readonly to: 'source' | 'index store' | 'ledger' | 'broker'
  /** The histogram of its duration. */
  readonly metric: MeasuredName
  readonly labels: Readonly<Record<string, string>>
  /** Null for calls that traces leave out. */
  readonly span: SpanOfCall | null
}

/** Measures and traces the calls of ports. */
export class Observer {
  readonly metrics: MetricRecorder | null
  readonly traces: Traces | null
  readonly #clock: Pick<Clock, 'monotonic'>

  constructor(clock: Pick<Clock, 'monotonic'>, metrics: MetricRecorder | null, traces: Traces | null) {
    this.#clock = clock
    this.metrics = metrics
    this.traces = traces
  }

  /** Seconds of the monotonic clock. */
  seconds(): number {
    return this.#clock.monotonic() / 1000
  }

  /** Does the call and passes on what it returns or rejects with. */
  async call<T>({ to, metric, labels, span }: ObservedCall, action: () => Promise<T>): Promise<T> {
    const startedAt = this.seconds()
    try {
      return await (span === null || this.traces === null ? action() : this.traces.call(span, action))
    } catch (error) {
      this.metrics?.count('callsFailed', { to, code: asRevalError(error).code })
      throw error
    } finally {
      this.metrics?.took(metric, this.seconds() - startedAt, labels)
    }
  }
}
