/** Limits how many calls run at a time, in the order of the calls. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(permits: number) {
    this.#free = permits
  }

  /** The results in order; rejects with the first error once all have ended, so that none is left running. */
  async all<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
    const settled = await Promise.allSettled(works.map((work) => this.#run(work)))
    return settled.map((each) => {
      if (each.status === 'rejected') throw each.reason
      return each.value
    })
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free -= 1
    try {
      return await work()
    } finally {
      // The permit goes to the next call.
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
