import type { Document, FindCursor } from 'mongodb'

/** A server that is away loses its cursors anyway. */
const CLOSE_TIMEOUT_MS = 1_000

/** A cursor that is read a buffer at a time: reading single documents costs several times as much. */
export class OrderedCursor<Row extends Document> {
  readonly #cursor: FindCursor<Row>
  #buffer: readonly Row[] = []
  #next = 0

  constructor(cursor: FindCursor<Row>) {
    this.#cursor = cursor
  }

  /** The next document if it was fetched already. Waiting for each would cost more than reading it. */
  get buffered(): Row | null {
    return this.#buffer[this.#next] ?? null
  }

  /** The next document without moving on to it; null at the end. */
  async peek(): Promise<Row | null> {
    if (this.buffered !== null) return this.buffered
    // `hasNext` fetches the next batch.
    if (!(await this.#cursor.hasNext())) return null
    this.#buffer = this.#cursor.readBufferedDocuments()
    this.#next = 0
    return this.buffered
  }

  advance(): void {
    this.#next += 1
  }

  /** Up to this many documents, none at the end. */
  async take(count: number): Promise<readonly Row[]> {
    const taken: Row[] = []
    while (taken.length < count && (await this.peek()) !== null) {
      const some = this.#buffer.slice(this.#next, this.#next + count - taken.length)
      taken.push(...some)
      this.#next += some.length
    }
    return taken
  }

  async close(): Promise<void> {
    await this.#cursor.close({ timeoutMS: CLOSE_TIMEOUT_MS })
  }
}
