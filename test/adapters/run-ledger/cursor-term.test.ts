import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cursorTerm } from '../../../src/adapters/run-ledger/opensearch/cursor-term.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'

/** Any text, including lone surrogates, often near the surrogate range. */
const text = fc
  .array(
    fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0xd7fe, 0xd7ff, 0xd800, 0xdc00, 0xdfff, 0xe000)),
    { maxLength: 6 },
  )
  .map((units) => String.fromCharCode(...units))

const term = (cursor: string) => cursorTerm(cursor, (whole) => `hash of ${whole.length}`)

test('terms sort by bytes as their cursors do by code point', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const inBytes = Buffer.compare(Buffer.from(term(a)), Buffer.from(term(b)))
      assert.equal(Math.sign(inBytes), Math.sign(compareByCodePoint(a, b)))
    }),
    { numRuns: 5_000 },
  )
})

test('a term of any length fits, cut between characters', () => {
  for (const letter of ['a', 'é', '€', '𝒳']) {
    for (const before of ['', 'b', 'bb', 'bbb']) {
      const cut = term(before + letter.repeat(40_000))
      assert.ok(Buffer.byteLength(cut) < 32_766)
      assert.match(cut, new RegExp(`^${before}(${letter}){7990,}hash of \\d+$`, 'u'))
    }
  }
})
