import type { Draws } from './random.ts'

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Four bytes as eight digits. */
function hex(word: number): string {
  return `${BYTES[word >>> 24] ?? ''}${BYTES[(word >>> 16) & 255] ?? ''}${BYTES[(word >>> 8) & 255] ?? ''}${BYTES[word & 255] ?? ''}`
}

/** Random UUIDs (version 4), in lower case. */
export function uuids(draws: Draws): () => string {
  return () => {
    const middle = hex((draws.next() & 0xffff0fff) | 0x4000)
    const variant = hex((draws.next() & 0x3fffffff) | 0x80000000)
    return `${hex(draws.next())}-${middle.slice(0, 4)}-${middle.slice(4)}-${variant.slice(0, 4)}-${variant.slice(4)}${hex(draws.next())}`
  }
}
