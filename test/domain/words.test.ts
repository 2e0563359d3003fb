import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LONGEST_FOLDED, squashed, words } from '../../src/domain/words.ts'
import { text } from '../messages/arbitraries.ts'
import { codePoint } from '../messages/code-points.ts'

/** Text with what folding is about: letters and marks of many kinds, apostrophes, and what nobody sees. */
const anyText = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...Array.from("aÁßæŁİıſﬁΣς李１０ -'’´\u0302\u200d\u00ad\ud800")), maxLength: 20 }),
  text,
)

const FOLDED: readonly (readonly [typed: string, folded: string])[] = [
  ['Siân', 'sian'],
  ['Sia\u0302n', 'sian'],
  ['SIÂN', 'sian'],
  ['Øyvind', 'oyvind'],
  ['Ǿystein', 'oystein'],
  ['Łukasz', 'lukasz'],
  ['Straße', 'strasse'],
  ['STRASSE', 'strasse'],
  ['Æthelred', 'aethelred'],
  ['Đặng', 'dang'],
  ['Þór', 'thor'],
  ['Işık', 'isik'],
  ['İstanbul', 'istanbul'],
  ['ﬁona', 'fiona'],
  ["O'Brien", 'obrien'],
  ['O’Brien', 'obrien'],
  ['OʼBrien', 'obrien'],
  ['O´Brien', 'obrien'],
  ['O＇Brien', 'obrien'],
  ['O`Brien', 'obrien'],
  ['Smith-Jones', 'smith jones'],
  ['Smith\u2011Jones', 'smith jones'],
  ['  de  la\tCruz ', 'de la cruz'],
  ['Οδυσσεύς', 'οδυσσευσ'],
  ['ΟΔΥΣΣΕΎΣ', 'οδυσσευσ'],
  // The capital of the first letter is that of the second: they are variants of one.
  ['ᲀв', 'вв'],
  ['Đđðŧħłŋĸœøæəþſ', 'dddthlnkoeoaeaths'],
  ['李 小龍', '李 小龍'],
  ['１２３', '123'],
  ['a\u200db\u00adc', 'abc'],
  ['1234567 (old)', '1234567 old'],
  ['a@example.nhs.uk', 'a example nhs uk'],
  ['<script>"*\\%_{}', 'script'],
  ['😀*?', ''],
  ['', ''],
]

describe('words', () => {
  for (const [typed, folded] of FOLDED) {
    test(JSON.stringify(typed), () => assert.equal(words(typed), folded))
  }

  test('hold letters, digits and single spaces alone, at most 256 of them', () => {
    fc.assert(
      fc.property(anyText, (each) => {
        assert.match(words(each), /^([\p{L}\p{Nd}]+( [\p{L}\p{Nd}]+)*)?$/u)
      }),
    )
    for (const long of ['x', 'ab ', '李', '𝒜', 'ﬃ']) {
      const folded = words(long.repeat(600))
      assert.ok(Array.from(folded).length <= LONGEST_FOLDED, long)
      assert.equal(words(folded), folded)
    }
    assert.equal(words('x'.repeat(257)).length, 256)
    assert.equal(words('李'.repeat(257)).length, 256)
    assert.equal(words(`${'x'.repeat(255)} y`), 'x'.repeat(255))
  })

  test('are folded already', () => {
    fc.assert(fc.property(anyText, (each) => assert.equal(words(words(each)), words(each))))
  })

  test('do not depend on the normal form', () => {
    fc.assert(
      fc.property(anyText, (each) => {
        const folded = words(each)
        for (const form of ['NFC', 'NFD']) assert.equal(words(each.normalize(form)), folded, form)
      }),
    )
  })

  test('do not depend on case', () => {
    fc.assert(
      fc.property(anyText, (each) => {
        assert.equal(words(each.toUpperCase()), words(each))
        assert.equal(words(each.toLowerCase()), words(each))
      }),
    )
  })

  test('have no apostrophe of any kind', () => {
    for (const apostrophe of "'‘’‛ʹʻʼʽˈ′`´＇") {
      assert.equal(words(`O${apostrophe}Brien`), 'obrien', apostrophe)
      assert.equal(words(`Ô${apostrophe}Brien`), 'obrien', apostrophe)
    }
  })

  test('do not depend on characters that nobody sees, nor on the kind of apostrophe', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.nat(),
        fc.constantFrom('\u200b', '\u200d', '\u00ad', '\u2066', "'", '’', 'ʼ'),
        (each, at, odd) => {
          const points = Array.from(each)
          const to = at % (points.length + 1)
          assert.equal(words([...points.slice(0, to), odd, ...points.slice(to)].join('')), words(each))
        },
      ),
    )
  })

  test('take half a character as none', () => {
    assert.equal(words('a\ud800b'), 'a b')
    assert.equal(words('\udc00'), '')
    // Without the apostrophe, the halves would be a letter.
    assert.equal(words("\ud835'\udc9c"), '')
  })

  test('squashed, they are the same whatever is between', () => {
    for (const name of ['Smith-Jones', 'smith jones', 'SmithJones', 'SMITH . JONES'])
      assert.equal(squashed(name), 'smithjones')
  })
})
