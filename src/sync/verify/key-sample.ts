import type { RowId } from '../../domain/row.ts'

/** Puts ids in a random order: a text for each, equally likely to be less than that of any other. The same for the same id. */
export type SampleOrder = (id: RowId) => string

/**
 * A random sample of the ids of a stream, each id with the same chance: the first ones in a random order. Their places in the
 * stream do not matter, so two streams that have an id in common tend to have it in both samples.
 */
export class KeySample {
  readonly #size: number
  readonly #order: SampleOrder
  #seen = 0
  /** The first ids so far, and up to as many others. */
  #drawn: { readonly id: RowId; readonly place: string }[] = []
  /** No id at this place or after it is in the sample any more. */
  #end: string | null = null

  constructor(size: number, order: SampleOrder) {
    this.#size = size
    this.#order = order
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
    const place = this.#order(id)
    if (this.#end !== null && place >= this.#end) return
    this.#drawn.push({ id, place })
    if (this.#drawn.length >= 2 * this.#size) this.#cut()
  }

  #cut(): void {
    this.#drawn.sort((a, b) => (a.place < b.place ? -1 : 1))
    this.#end = this.#drawn[this.#size]?.place ?? this.#end
    this.#drawn.splice(this.#size)
  }
}
