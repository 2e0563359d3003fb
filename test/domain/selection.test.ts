import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exclusionOf, isSelected } from '../../src/domain/trainee.ts'
import { aPerson } from './examples.ts'

function isUsable(gmcNumber: string | null, role: string | null = 'DR in Training'): boolean {
  return isSelected(aPerson({ gmcDetails: { gmcNumber }, role }), 'usable')
}

test('all: everyone becomes a trainee', () => {
  assert.ok(isSelected(aPerson({ gmcDetails: null }), 'all'))
  assert.ok(isSelected(aPerson({ gmcDetails: { gmcNumber: 'UNKNOWN' }, role: 'Placeholder' }), 'all'))
})

test('usable: excludes people without GMC details or number', () => {
  assert.ok(!isSelected(aPerson({ gmcDetails: null }), 'usable'))
  for (const number of [null, '', ' ', '\u00a0']) assert.ok(!isUsable(number))
})

test('usable: excludes placeholders for a number, in any case', () => {
  for (const number of ['unknown', 'UNKNOWN', 'Unknown', 'na', 'NA', 'Na', 'n/a', 'N/A', ' N/a '])
    assert.ok(!isUsable(number))
})

test('usable: excludes numbers with U+00A0', () => {
  for (const number of ['\u00a07761120', '7761120\u00a0', '776\u00a01120']) assert.ok(!isUsable(number))
})

test('usable: includes other text instead of a number', () => {
  for (const number of ['7761120', ' 7761120 ', '1234567 (old)', 'unknown number', 'nathan'])
    assert.ok(isUsable(number))
})

test('usable: excludes roles with "dummy" or "placeholder", in any case', () => {
  for (const role of ['dummy', 'Dummy Record', 'DR in Training,PLACEHOLDER', 'aPlaceHolderRecord'])
    assert.ok(!isUsable('7761120', role))
  for (const role of [null, '', 'DR in Training', 'Place holder']) assert.ok(isUsable('7761120', role))
})

test('why a person is excluded is in words', () => {
  const why = (gmcNumber: string | null, role = 'DR in Training', selection: 'all' | 'usable' = 'usable') =>
    exclusionOf(aPerson({ gmcDetails: { gmcNumber }, role }), selection)
  assert.equal(why(null), 'there is no GMC number')
  assert.equal(why(' N/a '), 'the GMC number is "N/a"')
  assert.equal(why('776\u00a01120'), 'the GMC number contains a non-breaking space')
  assert.equal(why('7761120', 'aPlaceHolderRecord'), 'the role contains "placeholder"')
  assert.equal(why('7761120'), null)
  assert.equal(why(null, 'Dummy', 'all'), null)
})
