import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareByCodePoint, textOrNull } from '../../src/domain/text.ts'

test('blank is null: empty, or any white space', () => {
  for (const blank of [null, undefined, '', ' ', '\t\r\n', '\u00a0', ' \u00a0\u2003'])
    assert.equal(textOrNull(blank), null)
})

test('other text is kept as written', () => {
  for (const text of ['Null', 'null', ' Khan ', '\u00a0x', '0', '-']) assert.equal(textOrNull(text), text)
})

test('text is ordered by code point, beyond the basic plane too', () => {
  // By UTF-16 unit the emoji (D83D…) would sort before the compatibility ideograph (F900).
  const sorted = ['A', 'Z', 'a', 'É', '中', '\uf900', '😀', '\u{20000}']
  assert.deepEqual(sorted.toReversed().sort(compareByCodePoint), sorted)
  assert.ok(compareByCodePoint('Psychiatry', 'Psychiatry of Old Age') < 0)
  assert.ok(compareByCodePoint('😀', '😀😀') < 0)
  assert.ok(compareByCodePoint('x😀', 'x\uf900') > 0)
  assert.equal(compareByCodePoint('same', 'same'), 0)
})

test('the order equals that of the code point sequences', () => {
  const aText = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\uf900', '\uffff', '😀', '\u{20000}'), maxLength: 5 })
  fc.assert(
    fc.property(aText, aText, (a, b) => {
      const points = (text: string) => Array.from(text, (each) => each.codePointAt(0) ?? 0)
      const [left, right] = [points(a), points(b)]
      const at = left.findIndex((point, i) => point !== right[i])
      const expected = at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
      assert.equal(Math.sign(compareByCodePoint(a, b)), Math.sign(expected))
    }),
  )
})
