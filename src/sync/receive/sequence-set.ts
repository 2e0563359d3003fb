/**
 * The sequence numbers, from 1, that have come. They come nearly in order, so it is kept as «all up to here, and
 * these»: flat in memory however many there are.
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

  /** False where it was there already. */
  add(sequence: number): boolean {
    if (this.has(sequence)) return false
    this.#beyond.add(sequence)
    while (this.#beyond.delete(this.#upTo + 1)) this.#upTo += 1
    return true
  }
}
