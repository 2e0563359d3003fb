/** Holds whoever comes to it until it is opened: keeps a run at a known place while a test does something else. */
export class Gate {
  readonly #reached = Promise.withResolvers<undefined>()
  readonly #opened = Promise.withResolvers<undefined>()

  /** Resolves once somebody has come to the gate. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  /** Resolves once the gate is open. */
  async pass(): Promise<void> {
    this.#reached.resolve(undefined)
    await this.#opened.promise
  }

  /** Lets everybody through, those who come later too. */
  open(): void {
    this.#opened.resolve(undefined)
  }
}
