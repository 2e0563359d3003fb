/** Lets one at a time do something; the others wait in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** What the action gives, once all that came before have ended. */
  take<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action)
    // Whoever waits next does not care how this one ended; whoever asked gets it.
    this.#last = turn.then(
      () => undefined,
      () => undefined,
    )
    return turn
  }
}
