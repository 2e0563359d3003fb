import { RevalError } from '../errors/reval-error.ts'

interface Closable {
  close(): Promise<void>
}

/** Something that is opened at its first use, and if that fails, again at the next. */
export class OpenedOnUse<T extends Closable> {
  readonly #open: () => Promise<T>
  #opened: Promise<T> | null = null
  #isClosed = false

  constructor(open: () => Promise<T>) {
    this.#open = open
  }

  /** Rejects as `open` does, and SOURCE_FAILED after `close`. */
  get(): Promise<T> {
    if (this.#isClosed) return Promise.reject(new RevalError('SOURCE_FAILED', 'the source is closed'))
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = null
      throw error
    })
    return this.#opened
  }

  /** Closes it if it was opened, or is being opened. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    // The caller of `get` has the error; there is nothing to close.
    const opened = await this.#opened?.catch(() => null)
    await opened?.close()
  }
}
