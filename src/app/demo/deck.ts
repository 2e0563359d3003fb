import type { Draws } from './random.ts'

/**
 * Values dealt from a shuffled deck, shuffled again whenever it is empty. So shares are met exactly and not just on
 * average: of as many rows as the deck has cards, even the rarest value gets its own.
 */
export class Deck<const T> {
  readonly #draws: Draws
  readonly #cards: T[]
  #dealt: number

  /** `counts` is how often each card is in the deck. */
  constructor(draws: Draws, counts: readonly (readonly [card: T, count: number])[]) {
    this.#draws = draws
    this.#cards = counts.flatMap(([card, count]) => Array.from({ length: count }, () => card))
    this.#dealt = this.#cards.length
  }

  deal(): T {
    if (this.#dealt === this.#cards.length) {
      this.#draws.shuffle(this.#cards)
      this.#dealt = 0
    }
    // The position is below the length, and no deck is empty.
    return this.#cards[this.#dealt++] as T
  }
}
