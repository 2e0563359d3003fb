import type { DataHeaders } from '../../messages/headers.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Run } from '../../ports/run-ledger.ts'

/** The attempt of a sender that sends no run headers. */
export function unprovedAttempt({ generation }: Pick<Run, 'generation'>): string {
  return `unproved-${generation ?? ''}`
}

/**
 * What was received from a sender without run headers, which the Java services are. Its messages are numbered as they
 * arrive: a duplicate is counted twice, and completeness is not proved. It has finished once its end message was received
 * and nothing was received or written for a while: the end message may have overtaken rows.
 */
export class UnprovedSender {
  readonly #clock: Clock
  readonly #run: Run
  #sequence = 0
  #inFlight = 0
  #hasMessages = false
  #hasEnded = false
  #lastActivityAt: number

  constructor(clock: Clock, run: Run) {
    this.#clock = clock
    this.#run = run
    this.#lastActivityAt = clock.monotonic()
  }

  /** Whether any message was received. */
  get hasMessages(): boolean {
    return this.#hasMessages
  }

  /** Whether the end message was received. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** When a message was last received or finished, by the monotonic clock; now, while one is in flight. */
  get lastActivityAt(): number {
    return this.#inFlight > 0 ? this.#clock.monotonic() : this.#lastActivityAt
  }

  /** A message was received; it is in flight until `done`. */
  received(): void {
    this.#hasMessages = true
    this.#inFlight += 1
  }

  done(): void {
    this.#inFlight -= 1
    this.#lastActivityAt = this.#clock.monotonic()
  }

  /** The end message was received. */
  ended(): void {
    this.#hasEnded = true
  }

  /** The headers that a message with this number of rows would have. */
  headersOf(rows: number): DataHeaders {
    const { id: run, generation } = this.#run
    const sequence = (this.#sequence += 1)
    const attempt = unprovedAttempt(this.#run)
    return { kind: 'data', run, generation: generation ?? '', attempt, sequence, rows, digest: null }
  }
}
