import { setImmediate as turn } from 'node:timers/promises'
import { RevalError } from '../../../errors/reval-error.ts'

/** SQS takes so many entries in one call. */
export const MOST_ENTRIES = 10

export interface BatchesOptions<T> {
  /** Carries a batch out, 1 to 10 items, and tells of each, in order, what became of it: null when it is done. */
  readonly carryOut: (items: readonly T[]) => Promise<readonly (RevalError | null)[]>
  /** How many batches may be under way at a time. */
  readonly atOnce: number
  /** What an item counts towards `most`; nothing, unless said otherwise. */
  readonly size?: (item: T) => number
  readonly most?: number
}

interface Waiting<T> {
  readonly item: T
  readonly size: number
  readonly done: () => void
  readonly fail: (reason: unknown) => void
}

/**
 * Gathers single calls into batches: a batch that is full goes at once, and one that is not goes when no other is
 * under way. So the busier it is, the fuller they are, and a lone call waits for nobody.
 */
export class Batches<T> {
  readonly #options: BatchesOptions<T>
  #waiting: Waiting<T>[] = []
  #underWay = 0
  #turning = false

  constructor(options: BatchesOptions<T>) {
    this.#options = options
  }

  /** Resolves when the item is done. An abort takes it out while it waits; after that its outcome is awaited. */
  add(item: T, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const leave = () => {
        if (!this.#waiting.includes(waiting)) return
        this.#waiting = this.#waiting.filter((each) => each !== waiting)
        // What the caller gave as the reason of its signal is what it gets.
        waiting.fail(signal?.reason)
      }
      const settled = () => signal?.removeEventListener('abort', leave)
      const waiting: Waiting<T> = {
        item,
        size: this.#options.size?.(item) ?? 0,
        done: () => {
          settled()
          resolve()
        },
        fail: (reason) => {
          settled()
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
          reject(reason)
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(waiting)
      void this.#afterTurn()
    })
  }

  /** Rejects all that is not under way yet. */
  failAll(reason: RevalError): void {
    for (const waiting of this.#waiting.splice(0)) waiting.fail(reason)
  }

  /** What is called in the same turn goes together. */
  async #afterTurn(): Promise<void> {
    if (this.#turning) return
    this.#turning = true
    await turn()
    this.#turning = false
    this.#begin()
  }

  #begin(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#options.atOnce) {
      const count = this.#fitting()
      const isFull = count === MOST_ENTRIES || count < this.#waiting.length
      if (!isFull && this.#underWay > 0) return
      void this.#carryOut(this.#waiting.splice(0, count))
    }
  }

  /** How many of the first ones fit into a batch; at least one. */
  #fitting(): number {
    const { most = Infinity } = this.#options
    let size = 0
    let count = 0
    for (const waiting of this.#waiting.slice(0, MOST_ENTRIES)) {
      size += waiting.size
      if (count > 0 && size > most) break
      count += 1
    }
    return count
  }

  async #carryOut(batch: readonly Waiting<T>[]): Promise<void> {
    this.#underWay += 1
    try {
      const outcomes = await this.#options.carryOut(batch.map(({ item }) => item))
      for (const [index, waiting] of batch.entries()) {
        const outcome = outcomes[index]
        if (outcome === null) waiting.done()
        else waiting.fail(outcome ?? new RevalError('BROKER_FAILED', 'SQS reported no outcome for an entry'))
      }
    } catch (error) {
      for (const waiting of batch) waiting.fail(error)
    } finally {
      this.#underWay -= 1
      this.#begin()
    }
  }
}
