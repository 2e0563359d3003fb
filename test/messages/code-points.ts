import fc from 'fast-check'

const SURROGATES = { first: 0xd800, count: 0x800 }
const LAST = 0x10ffff

/**
 * Any code point but the surrogates, like the unit 'binary' of fc.string. That one lists all 1.1 million when the arbitrary is
 * made, which takes most of a second in each test file.
 */
export const codePoint: fc.Arbitrary<string> = fc
  .nat(LAST - SURROGATES.count)
  .map((at) => String.fromCodePoint(at < SURROGATES.first ? at : at + SURROGATES.count), place)

function place(character: unknown): number {
  const point = typeof character === 'string' ? (character.codePointAt(0) ?? -1) : -1
  if (point < 0 || String.fromCodePoint(point) !== character) throw new Error('expected one character')
  if (point < SURROGATES.first) return point
  if (point < SURROGATES.first + SURROGATES.count) throw new Error('expected no surrogate')
  return point - SURROGATES.count
}
