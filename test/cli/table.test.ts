import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { table } from '../../src/cli/output.ts'
import { cutToWidth, textWidth } from '../../src/cli/text-width.ts'

test('columns are as wide as a terminal shows them', () => {
  assert.deepEqual(
    table(
      ['name', 'n'],
      [
        ['李小龙', 1],
        ['Siân', 20],
        ['Ngu\u0303yen', 3],
      ],
    ),
    ['name     n', '李小龙   1', 'Siân    20', 'Ngu\u0303yen   3'],
  )
  for (const [text, width] of [
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['ｱ', 1],
    ['한글', 4],
    ['👩', 2],
    ['（', 2],
  ] as const)
    assert.equal(textWidth(text), width, text)
})

test('control characters do not reach the terminal', () => {
  const [, line = ''] = table(['name'], [['a\x1b[31m\nb\u202e\u{e0001}']])
  assert.equal(line, 'a\\u001b[31m\\u000ab\\u202e\\udb40\\udc01')
})

test('only what may be cut is cut, the widest first', () => {
  const rows = [
    ['tcs-1', 'a long name of a person', 'General Practice in the West'],
    ['tcs-22222', 'short', null],
  ]
  const fit = { columns: 40, cut: ['name', 'programme'] }
  assert.deepEqual(table(['row', 'name', 'programme'], rows, fit), [
    'row        name           programme',
    'tcs-1      a long name …  General Pract…',
    'tcs-22222  short          -',
  ])
  assert.deepEqual(table(['row', 'name', 'programme'], rows, { ...fit, columns: 5 })[1], 'tcs-1      a lon…  Gener…')
  assert.deepEqual(
    table(['row', 'name', 'programme'], rows, { ...fit, columns: 70 }),
    table(['row', 'name', 'programme'], rows),
  )
})

test('a cut text fits, and starts as the text does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
      const cut = cutToWidth(text, width)
      assert.ok(textWidth(cut) <= width)
      assert.ok(cut === text || text.startsWith(cut.slice(0, -1)))
    }),
  )
})
