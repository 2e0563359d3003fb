import type { Clock } from '../../ports/clock.ts'

/** A value that is read when somebody wants it, by one reading at a time, and used again as long as it is fresh. */
export class Fresh<T> {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #freshMs: number
  readonly #read: () => Promise<T>
  #known: { readonly value: T } | null = null
  #readAt: number | null = null
  #reading: Promise<T> | null = null

  constructor(clock: Pick<Clock, 'monotonic'>, freshMs: number, read: () => Promise<T>) {
    this.#clock = clock
    this.#freshMs = freshMs
    this.#read = read
  }

  /** The latest value, fresh or not; null before the first. */
  get latest(): T | null {
    return this.#known?.value ?? null
  }

  /** The value once it is fresh. Rejects as the reading does, which is tried again with the next call. */
  async get(): Promise<T> {
    const now = this.#clock.monotonic()
    if (this.#reading !== null) return this.#reading
    if (this.#known !== null && this.#readAt !== null && now - this.#readAt < this.#freshMs) return this.#known.value
    this.#readAt = now
    this.#reading = this.#read().finally(() => (this.#reading = null))
    const value = await this.#reading
    this.#known = { value }
    return value
  }
}
