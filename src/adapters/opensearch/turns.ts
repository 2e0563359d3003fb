/** Lets so many of what it is given run at a time, in the order in which they came. */
export class Turns {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Resolves or rejects as `work` does, once it had its turn. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running === this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
    try {
      return await work()
    } finally {
      // The place goes to the next in line, or is given up.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  /** All of the works, in their order; rejects with the first fault once all have ended, so that none is left behind. */
  async all<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
    const settled = await Promise.allSettled(works.map((work) => this.run(work)))
    return settled.map((each) => {
      if (each.status === 'rejected') throw each.reason
      return each.value
    })
  }
}
