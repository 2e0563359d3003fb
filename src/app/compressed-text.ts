import { deflateSync, inflateSync } from 'node:zlib'

const PIECE = 64 * 1024
/** The fastest level: ids and names of fields compress well at any. */
const LEVEL = 1

/** Text held back, compressed in memory: a million differing rows take a few megabytes. */
export class CompressedText {
  readonly #pieces: Buffer[] = []
  #text = ''

  add(text: string): void {
    this.#text += text
    if (this.#text.length >= PIECE) this.#compress()
  }

  #compress(): void {
    this.#pieces.push(deflateSync(this.#text, { level: LEVEL }))
    this.#text = ''
  }

  /** The text so far, in pieces. */
  *pieces(): Generator<string> {
    for (const piece of this.#pieces) yield inflateSync(piece).toString()
    yield this.#text
  }
}
