const SEVEN_DIGITS = /^[0-9]{7}$/
const NUMBERS = 10_000_000

/** Which words of numbers several rows have. GMC numbers take a byte each, so ten megabytes for any number of rows. */
export class SharedWords {
  /** How many rows have each number: 0, 1, or 2 for more. */
  readonly #numbers = new Uint8Array(NUMBERS)
  readonly #others = new Map<string, number>()

  /** Adds the distinct words of one row. */
  add(words: readonly string[]): void {
    for (const word of words) {
      if (SEVEN_DIGITS.test(word)) this.#numbers[Number(word)] = Math.min(2, this.#timesOf(word) + 1)
      else this.#others.set(word, this.#timesOf(word) + 1)
    }
  }

  isShared(word: string): boolean {
    return this.#timesOf(word) > 1
  }

  #timesOf(word: string): number {
    return (SEVEN_DIGITS.test(word) ? this.#numbers[Number(word)] : this.#others.get(word)) ?? 0
  }
}
