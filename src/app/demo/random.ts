/**
 * Draws that a seed decides alone: the same on every machine and day. The generator is sfc32 (Chris Doty-Humphrey,
 * PractRand), its state filled by splitmix32 from the seed and a label, so that columns with labels of their own do not
 * disturb each other. Not for secrets.
 */
export class Draws {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `seed` is any safe integer. */
  constructor(seed: number, label: string) {
    const high = Math.floor(seed / 0x1_0000_0000) | 0
    const next = splitmix32(mixed(mixed(seed | 0) ^ high) ^ hashOf(label))
    this.#a = next()
    this.#b = next()
    this.#c = next()
    // The first results of sfc32 still show its seed.
    for (let i = 0; i < 12; i++) this.next()
  }

  /** A whole number from 0 to 2³² - 1. */
  next(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  /** A whole number from 0 to `limit` - 1; `limit` is at most 2³². */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit)
  }

  pick<T extends string | number>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0]
  }

  /** Shuffles in place (Fisher-Yates). */
  shuffle(items: unknown[]): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const item = items[last]
      items[last] = items[other]
      items[other] = item
    }
  }
}

/** The finalizer of MurmurHash3: a 32-bit number in which every bit depends on every bit of the given one. */
export function mixed(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function splitmix32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    return mixed(state)
  }
}

/** FNV-1a. */
function hashOf(label: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193)
  return hash
}
