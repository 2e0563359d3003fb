/** Holds its callers until it is opened: keeps a run at a known point while a test does something else. */
export class Gate {
  readonly #reached = Promise.withResolvers<undefined>()
  readonly #opened = Promise.withResolvers<undefined>()

  /** Resolves once a caller has reached the gate. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  /** Resolves once the gate is open. */
  async pass(): Promise<void> {
    this.#reached.resolve(undefined)
    await this.#opened.promise
  }

  /** Lets all callers through, later ones too. */
  open(): void {
    this.#opened.resolve(undefined)
  }
}
