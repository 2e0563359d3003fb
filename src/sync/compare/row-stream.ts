import type { ScannedRow } from '../../ports/index-store.ts'

type Batch = IteratorResult<readonly ScannedRow[], unknown>

/** The rows of one side, one after the other. While a batch is compared, the next one is being read. */
export class RowStream {
  readonly #batches: AsyncIterator<readonly ScannedRow[]>
  readonly #signal: AbortSignal | undefined
  #batch: readonly ScannedRow[] = []
  #at = 0
  #next: Promise<Batch> | null = null
  #isOver = false

  constructor(batches: AsyncIterable<readonly ScannedRow[]>, signal: AbortSignal | undefined) {
    this.#batches = batches[Symbol.asyncIterator]()
    this.#signal = signal
  }

  /** The next row; null at the end. Call `fill` first if `mustFill`. */
  get row(): ScannedRow | null {
    return this.#batch[this.#at] ?? null
  }

  get mustFill(): boolean {
    return this.row === null && !this.#isOver
  }

  take(): ScannedRow | null {
    const { row } = this
    this.#at += 1
    return row
  }

  /** Resolves once there is a row, or none is left. Rejects with the reason of the signal once it is aborted. */
  async fill(): Promise<void> {
    while (this.mustFill) {
      this.#signal?.throwIfAborted()
      const batch = await (this.#next ?? this.#read())
      this.#signal?.throwIfAborted()
      this.#next = null
      if (batch.done === true) {
        this.#isOver = true
        return
      }
      this.#batch = batch.value
      this.#at = 0
      this.#next = this.#read()
    }
  }

  #read(): Promise<Batch> {
    const next = this.#batches.next()
    // The next `fill` gets the rejection. Without a handler, one that comes earlier would end the process.
    next.catch(() => undefined)
    return next
  }

  /** Ends the stream, even if it failed or is still reading. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#batches.return?.()
  }
}
