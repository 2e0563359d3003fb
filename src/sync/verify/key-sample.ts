import { hash } from 'node:crypto'
import type { RowId } from '../../domain/row.ts'

/**
 * A random sample of row ids of a stream, each id with the same chance. The seed and the id decide whether an id is in it, not
 * its place in the stream, so two streams that have an id in common tend to have it in both samples.
 */
export class KeySample {
  readonly #size: number
  readonly #seed: number
  #seen = 0
  /** The ids with the least digests so far, and up to as many others. */
  #drawn: { readonly digest: string; readonly id: RowId }[] = []
  /** No id with this digest or a greater one is in the sample any more. */
  #limit: string | null = null

  constructor(size: number, seed: number) {
    this.#size = size
    this.#seed = seed
  }

  /** How many ids there were. */
  get seen(): number {
    return this.#seen
  }

  get ids(): readonly RowId[] {
    this.#cut()
    return this.#drawn.map(({ id }) => id)
  }

  add(id: RowId): void {
    this.#seen += 1
    const digest = hash('sha1', `${this.#seed} ${id}`)
    if (this.#limit !== null && digest >= this.#limit) return
    this.#drawn.push({ digest, id })
    if (this.#drawn.length >= 2 * this.#size) this.#cut()
  }

  #cut(): void {
    this.#drawn.sort((a, b) => (a.digest < b.digest ? -1 : 1))
    this.#limit = this.#drawn[this.#size]?.digest ?? this.#limit
    this.#drawn.splice(this.#size)
  }
}
