import type { Row } from '../../domain/row.ts'

/**
 * A sample of the written rows, to be read back before they go live: those whose ids have the lowest hashes. So any row
 * may be in it, and the order of the rows does not matter.
 */
export class RowSample {
  readonly #size: number
  readonly #byId = new Map<string, { readonly hash: number; readonly row: Row }>()
  #highest = Infinity

  constructor(size: number) {
    this.#size = size
  }

  add(row: Row): void {
    const hash = hashOf(row.id)
    if (this.#byId.size >= this.#size && hash >= this.#highest && !this.#byId.has(row.id)) return
    this.#byId.set(row.id, { hash, row })
    if (this.#byId.size > this.#size) this.#byId.delete(this.#last())
    this.#highest = this.#byId.size < this.#size ? Infinity : (this.#byId.get(this.#last())?.hash ?? Infinity)
  }

  get rows(): readonly Row[] {
    return [...this.#byId.values()].map(({ row }) => row)
  }

  #last(): string {
    let last = ''
    let highest = -1
    for (const [id, { hash }] of this.#byId) if (hash > highest) [last, highest] = [id, hash]
    return last
  }
}

/** FNV-1a, 32 bits, with a final mix so that ids that differ in the last digit are far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
