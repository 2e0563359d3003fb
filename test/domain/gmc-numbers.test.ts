import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gmcNumber, shownNumber } from '../../src/domain/gmc-number.ts'

test('a GMC number is exactly seven digits, after trimming', () => {
  for (const text of ['7761120', ' 7761120', '7761120\t', '\u00a07761120\u00a0', '\n 7761120 \u00a0'])
    assert.equal(gmcNumber(text), '7761120')
  assert.equal(gmcNumber('0000001'), '0000001')
})

test('any other value joins nothing', () => {
  const texts = ['UNKNOWN', 'N/A', '1234567 (old)', '123456', '12345678', '123 4567', '123456a', '+123456', '-123456']
  for (const text of [...texts, '1234567\n8', '١٢٣٤٥٦٧', '１２３４５６７', '', ' ', null, undefined])
    assert.equal(gmcNumber(text), null, String(text))
})

test('any other value is displayed trimmed, or not at all if blank', () => {
  assert.equal(shownNumber(' 1234567 (old)\u00a0'), '1234567 (old)')
  assert.equal(shownNumber('UNKNOWN'), 'UNKNOWN')
  assert.equal(shownNumber('\u00a07761120'), '7761120')
  for (const blank of ['', '  ', '\u00a0', null, undefined]) assert.equal(shownNumber(blank), null)
})
