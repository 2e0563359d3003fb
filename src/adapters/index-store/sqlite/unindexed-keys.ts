import type { RowId } from '../../../domain/row.ts'

const FIRST_SLOTS = 1 << 12
const FREE = 0

/**
 * The keys of rows by their ids, for as long as no index has them: a hash table of eight bytes a slot, at least half of
 * them free. It only says where to look: two ids may have one hash, and a row that it names may be gone.
 */
export class UnindexedKeys {
  #hashes = new Uint32Array(FIRST_SLOTS)
  /** `FREE` or a key: keys count from 1, and a generation has no four thousand million writes. */
  #keys = new Uint32Array(FIRST_SLOTS)
  #used = 0

  add(id: RowId, key: number): void {
    if (this.#used * 2 >= this.#keys.length) this.#grow()
    this.#put(hashOf(id), key)
    this.#used += 1
  }

  /** The keys under which these ids may be found; there may be rows with other ids among them, but none is missing. */
  mayHave(ids: readonly RowId[]): number[] {
    const found: number[] = []
    const last = this.#keys.length - 1
    for (const id of ids) {
      const hash = hashOf(id)
      for (let slot = hash & last; ; slot = (slot + 1) & last) {
        const key = this.#keys[slot] ?? FREE
        if (key === FREE) break
        if (this.#hashes[slot] === hash) found.push(key)
      }
    }
    return found
  }

  #put(hash: number, key: number): void {
    const last = this.#keys.length - 1
    let slot = hash & last
    while (this.#keys[slot] !== FREE) slot = (slot + 1) & last
    this.#hashes[slot] = hash
    this.#keys[slot] = key
  }

  #grow(): void {
    const hashes = this.#hashes
    const keys = this.#keys
    this.#hashes = new Uint32Array(hashes.length * 2)
    this.#keys = new Uint32Array(keys.length * 2)
    for (const [slot, key] of keys.entries()) if (key !== FREE) this.#put(hashes[slot] ?? 0, key)
  }
}

/** FNV-1a of the UTF-16 units, mixed once more: the ids of a generation differ only in their last letters. */
function hashOf(id: RowId): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
