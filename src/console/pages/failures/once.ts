/** How many forms are remembered. */
const MOST_FORMS = 500

/** Carries a form out once, however often it is sent to this process: each sending gets the result of the first. */
export class Once<T> {
  readonly #results = new Map<string, Promise<T>>()

  of(request: string, work: () => Promise<T>): Promise<T> {
    const known = this.#results.get(request)
    if (known !== undefined) return known
    const result = work()
    this.#results.set(request, result)
    // A form that was refused may be sent again.
    result.catch(() => this.#results.delete(request))
    const [oldest] = this.#results.keys()
    if (this.#results.size > MOST_FORMS && oldest !== undefined) this.#results.delete(oldest)
    return result
  }
}
