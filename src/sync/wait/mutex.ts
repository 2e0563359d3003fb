/** Runs one action at a time, in the order in which they were requested. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the action once all earlier ones have ended, and resolves or rejects as it does. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action)
    // The next action runs however this one ends; only the caller gets the error.
    this.#last = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }
}
