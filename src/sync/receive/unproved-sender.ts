import type { DataHeaders } from '../../messages/headers.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Run } from '../../ports/run-ledger.ts'

/** What stands in place of the attempt of a sender that names none. */
export function unprovedAttempt({ generation }: Pick<Run, 'generation'>): string {
  return `unproved-${generation ?? ''}`
}

/**
 * What comes for one stage from a sender without run headers, as the reference's services are. Its messages are
 * numbered as they come: one that comes twice is counted twice, and nothing proves that all came. It has ended once its
 * end message is in, nothing of it is being written, and that has been so for a while: the end may have overtaken rows.
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

  /** Whether anything has come. */
  get hasMessages(): boolean {
    return this.#hasMessages
  }

  /** Whether the end message has come. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** By the monotonic clock: when a message came or was done with last, and now while one is being written. */
  get lastActivityAt(): number {
    return this.#inFlight > 0 ? this.#clock.monotonic() : this.#lastActivityAt
  }

  /** A message came; it is in flight until `done`. */
  received(): void {
    this.#hasMessages = true
    this.#inFlight += 1
  }

  done(): void {
    this.#inFlight -= 1
    this.#lastActivityAt = this.#clock.monotonic()
  }

  /** The end message came. */
  ended(): void {
    this.#hasEnded = true
  }

  /** The headers that a message of so many rows would have had. */
  headersOf(rows: number): DataHeaders {
    const { id: run, generation } = this.#run
    const sequence = (this.#sequence += 1)
    const attempt = unprovedAttempt(this.#run)
    return { kind: 'data', run, generation: generation ?? '', attempt, sequence, rows, digest: null }
  }
}
