/**
 * The sequence numbers received so far, from 1. They arrive nearly in order, so it holds the end of the complete range and
 * the few numbers beyond it: memory stays flat.
 */
export class SequenceSet {
  #upTo = 0
  readonly #beyond = new Set<number>()

  get size(): number {
    return this.#upTo + this.#beyond.size
  }

  has(sequence: number): boolean {
    return sequence <= this.#upTo || this.#beyond.has(sequence)
  }

  /** False if it was in the set already. */
  add(sequence: number): boolean {
    if (this.has(sequence)) return false
    this.#beyond.add(sequence)
    while (this.#beyond.delete(this.#upTo + 1)) this.#upTo += 1
    return true
  }
}
