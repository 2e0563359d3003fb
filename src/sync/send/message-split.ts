import { BYTES_BESIDE_A_ROW, type EncodedRow } from '../../messages/decoded-rows.ts'

/** The rows of one message, as they are and as they are encoded. */
export interface SplitRows<SentRow> {
  /** The place of the message among those of its sender, from 1. */
  readonly sequence: number
  readonly rows: readonly SentRow[]
  readonly encoded: readonly EncodedRow[]
}

export interface SplitLimits {
  /** At most so many rows in a message. */
  readonly rows: number
  /** A message of several rows has at most so many bytes of body; a row that alone has more is a message of its own. */
  readonly bytes: number
}

/** Splits rows that come one by one into messages, in order, and counts them. */
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

  /** What was split off so far. */
  get totals(): { readonly messages: number; readonly rows: number } {
    return { messages: this.#messages, rows: this.#split }
  }

  /** Adds a row. Gives the messages that are full now: that before the row, that with it, or both. */
  add(row: SentRow, encoded: EncodedRow): SplitRows<SentRow>[] {
    const bytes = encoded.byteLength + BYTES_BESIDE_A_ROW
    const full = this.#bytes + bytes >= this.#limits.bytes ? this.rest() : []
    this.#rows.push(row)
    this.#encoded.push(encoded)
    this.#bytes += bytes
    return this.#rows.length >= this.#limits.rows ? [...full, ...this.rest()] : full
  }

  /** The message of what waits; none where nothing does. */
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
