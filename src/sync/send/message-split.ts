import { BYTES_BESIDE_A_ROW, type EncodedRow } from '../../messages/decoded-rows.ts'

/** The rows of one message, before and after encoding. */
export interface SplitRows<SentRow> {
  /** The position of the message among those of its attempt, from 1. */
  readonly sequence: number
  readonly rows: readonly SentRow[]
  readonly encoded: readonly EncodedRow[]
}

export interface SplitLimits {
  /** The maximum rows of a message. */
  readonly rows: number
  /** The maximum bytes of body of a message with several rows; a larger row is a message of its own. */
  readonly bytes: number
}

/** Splits rows into messages, in order, and counts both. */
export class MessageSplit<SentRow> {
  readonly #limits: SplitLimits
  #rows: SentRow[] = []
  #encoded: EncodedRow[] = []
  #bytes = 0
  #messages = 0
  #split = 0

  constructor(limits: SplitLimits) {
    this.#limits = limits
  }

  /** The messages so far, and their rows. */
  get totals(): { readonly messages: number; readonly rows: number } {
    return { messages: this.#messages, rows: this.#split }
  }

  /** Adds a row. Returns the messages that are now full: the one before the row, the one with it, or both. */
  add(row: SentRow, encoded: EncodedRow): SplitRows<SentRow>[] {
    const bytes = encoded.byteLength + BYTES_BESIDE_A_ROW
    const full = this.#bytes + bytes >= this.#limits.bytes ? this.rest() : []
    this.#rows.push(row)
    this.#encoded.push(encoded)
    this.#bytes += bytes
    return this.#rows.length >= this.#limits.rows ? [...full, ...this.rest()] : full
  }

  /** The message of the remaining rows, if any. */
  rest(): SplitRows<SentRow>[] {
    if (this.#rows.length === 0) return []
    this.#messages += 1
    this.#split += this.#rows.length
    const message = { sequence: this.#messages, rows: this.#rows, encoded: this.#encoded }
    this.#rows = []
    this.#encoded = []
    this.#bytes = 0
    return [message]
  }
}
