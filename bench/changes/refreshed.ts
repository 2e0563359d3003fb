import { setTimeout } from 'node:timers/promises'
import type { RevalProcess } from '../../test/stack/job/process.ts'

const LOOK_MS = 50
/** Without progress for this long, something is wrong. */
const STALLED_MS = 60_000

interface Batch {
  /** When it was logged, in milliseconds since the epoch. */
  readonly at: number
  readonly messages: number
  readonly keys: number
  readonly written: number
  readonly milliseconds: number
}

/** Counts the changes that integration has refreshed, from its log. */
export class Refreshed {
  #process: RevalProcess
  #read = 0
  #published = 0
  #batches: Batch[] = []
  #messages = 0

  constructor(integration: RevalProcess) {
    this.#process = integration
  }

  /** Another process has taken over. */
  follow(integration: RevalProcess): void {
    this.#look()
    this.#process = integration
    this.#read = 0
  }

  published(count: number): void {
    this.#published += count
  }

  /** How many are published and not refreshed. */
  get waiting(): number {
    this.#look()
    return this.#published - this.#messages
  }

  /** The batches of a period, in milliseconds since the epoch. */
  between(from: number, until: number): readonly Batch[] {
    this.#look()
    return this.#batches.filter(({ at }) => at >= from && at < until)
  }

  /** Resolves once all that was published is refreshed. */
  async drained(): Promise<void> {
    let [least, since] = [this.waiting, performance.now()]
    while (this.waiting > 0) {
      if (this.waiting < least) [least, since] = [this.waiting, performance.now()]
      if (performance.now() - since > STALLED_MS) throw new Error(`${this.waiting} changes are not refreshed`)
      await setTimeout(LOOK_MS)
    }
  }

  #look(): void {
    const { logged } = this.#process
    for (; this.#read < logged.length; this.#read += 1) {
      const line = logged[this.#read]
      if (line?.msg !== 'changes refreshed') continue
      const at = Date.parse(String(line.time))
      const [messages, keys, written, milliseconds] = [line.messages, line.keys, line.written, line.milliseconds].map(
        Number,
      )
      this.#batches.push({ at, messages, keys, written, milliseconds } as Batch)
      this.#messages += messages ?? 0
    }
  }
}
