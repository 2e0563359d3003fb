import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  count,
  counted,
  difference,
  listed,
  percent,
  percentDone,
  rate,
  share,
} from '../../../src/console/words/numbers.ts'

test('counts have commas; an unknown one is said to be unknown, and none is 0', () => {
  assert.equal(count(12_345), '12,345')
  assert.equal(count(0), '0')
  for (const unknown of [null, undefined, NaN, Infinity]) assert.equal(count(unknown), 'Not known')
  assert.equal(counted(1, 'row'), '1 row')
  assert.equal(counted(0, 'row'), '0 rows')
  assert.equal(counted(1_000, 'body', 'bodies'), '1,000 bodies')
  assert.equal(counted(null, 'row'), 'Not known')
})

test('a difference has its sign, and says so when there is none', () => {
  assert.equal(difference(22_460, 22_448), '+12')
  assert.equal(difference(17_744, 20_484), '−2,740')
  assert.equal(difference(5, 5), 'no change')
  assert.equal(difference(0, null), 'Not known')
})

test('a share is 100% only once all is done, and 0% only while nothing is', () => {
  assert.equal(share(12_400, 20_000), '62%')
  assert.equal(share(19_999, 20_000), '99%')
  assert.equal(share(1, 20_000), '1%')
  assert.equal(share(0, 0), '100%')
  assert.equal(share(5, null), 'Not known')
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (part, whole) => {
      const done = percentDone(part, whole) ?? NaN
      assert.ok(done >= 0 && done <= 100)
      assert.equal(done === 100, part >= whole)
      assert.equal(done === 0, part === 0 && whole > 0)
    }),
  )
})

test('rates are whole from ten a second on', () => {
  assert.equal(rate(8_277.6), '8,278 a second')
  assert.equal(rate(3.44), '3.4 a second')
  assert.equal(rate(null), 'Not known')
})

test('a fraction has one decimal at most', () => {
  assert.equal(percent(0.1219), '12.2%')
  assert.equal(percent(0.1), '10%')
})

test('words are listed as in a sentence', () => {
  assert.equal(listed([]), '')
  assert.equal(listed(['a']), 'a')
  assert.equal(listed(['a', 'b']), 'a and b')
  assert.equal(listed(['a', 'b', 'c']), 'a, b and c')
})
