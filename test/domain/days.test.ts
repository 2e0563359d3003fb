import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayOf, dayOrNull, isDay, londonDay, oneMonthBefore } from '../../src/domain/day.ts'
import { RowFault } from '../../src/domain/row-fault.ts'

function isImpossible(text: string): boolean {
  try {
    dayOrNull('submissionDate', text)
    return false
  } catch (error) {
    assert.ok(error instanceof RowFault)
    assert.equal(error.code, 'ROW_DATE_IMPOSSIBLE')
    assert.equal(error.field, 'submissionDate')
    return true
  }
}

test('a blank date is null, with any white space', () => {
  for (const blank of [null, undefined, '', ' ', '\t', '\u00a0', ' \u00a0 '])
    assert.equal(dayOrNull('date', blank), null)
})

test('a date stays as it is', () => {
  for (const day of ['2026-06-01', '2026-01-31', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])
    assert.equal(dayOrNull('date', day), day)
})

test('a time of day is dropped, without time zone conversion', () => {
  const written = [
    '2027-02-01 00:00:00',
    '2027-02-01 23:59:59.999999',
    '2027-02-01T00:00',
    '2027-02-01T00:00:00Z',
    '2027-02-01T23:30:00.000Z',
    '2027-02-01T23:30:00+01:00',
    '2027-02-01T00:30:00-0500',
    '2027-02-01T19:05:09.5Z',
    '2027-02-01 20:00',
    ' 2027-02-01 ',
    '\u00a02027-02-01T00:00:00Z',
  ]
  for (const text of written) assert.equal(dayOrNull('date', text), '2027-02-01', text)
})

test('an invalid date is a row fault that names the field', () => {
  const wrong = [
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '0000-00-00',
    '2026-1-1',
    '01/06/2026',
    '20260601',
    '2026-06-01T25:00:00',
    '2026-06-01T10:60',
    '2026-06-01 and more',
    '2026-06-01T10:00 and more',
    '2026-02-30T00:00:00Z',
    'x2026-06-01T10:00',
    '2026-06-01T1:00',
    '2026-06-01T30:00',
    '2026-06-01T10:0',
    '2026-06-01T10:00:6',
    '2026-06-01T10:00:60',
    '2026-06-01T10:00:00.',
    '2026-06-01T10:00:00.5x',
    '2026-06-01T10:00+1:00',
    '2026-06-01T10:00+01:0',
    '2026-06-01T10:00 Z',
    '2026-06-01x10:00',
    'x2026-06-01',
    '2026-06-01x',
    '2026-06-3a',
    '12026-06-01',
    'soon',
  ]
  for (const text of wrong) assert.ok(isImpossible(text), text)
})

test('a fault quotes only the beginning of a long text', () => {
  assert.throws(
    () => dayOrNull('date', 'x'.repeat(5000)),
    (error: unknown) => error instanceof RowFault && error.reason.length < 120,
  )
})

test('a fault says what is wrong', () => {
  assert.throws(() => dayOrNull('submissionDate', '2026-02-30'), {
    name: 'RowFault',
    message: 'submissionDate: "2026-02-30" is not a valid date (YYYY-MM-DD)',
    reason: '"2026-02-30" is not a valid date (YYYY-MM-DD)',
  })
})

test('only days in the calendar are valid', () => {
  const aMoment = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(aMoment, (moment) => {
      const day = moment.toISOString().slice(0, 10)
      assert.ok(isDay(day))
      assert.equal(dayOf(moment.getUTCFullYear(), moment.getUTCMonth() + 1, moment.getUTCDate()), day)
    }),
  )
  const aNumber = (max: number) => fc.integer({ min: 0, max })
  fc.assert(
    fc.property(aNumber(9999), aNumber(14), aNumber(33), (year, month, day) => {
      const moment = new Date(0)
      moment.setUTCFullYear(year, month - 1, day)
      const exists = year > 0 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day
      const text = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(
        '-',
      )
      assert.equal(isDay(text), exists)
      assert.equal(dayOf(year, month, day), exists ? text : null)
    }),
  )
})

test('fractions are not valid in a date', () => {
  assert.equal(dayOf(2026.5, 1, 1), null)
  assert.equal(dayOf(NaN, 1, 1), null)
  assert.equal(dayOf(10000, 1, 1), null)
})

test('one month before the 31st is the last day of a shorter month', () => {
  const before = {
    '2026-06-01': '2026-05-01',
    '2026-03-31': '2026-02-28',
    '2024-03-31': '2024-02-29',
    '2024-03-29': '2024-02-29',
    '2026-03-28': '2026-02-28',
    '2026-07-31': '2026-06-30',
    '2026-01-31': '2025-12-31',
    '2026-01-01': '2025-12-01',
  }
  for (const [day, earlier] of Object.entries(before)) assert.equal(oneMonthBefore(day), earlier)
})

test('today is the day in London, in winter and summer time', () => {
  const days = {
    '2026-01-15T23:59:59Z': '2026-01-15',
    '2026-06-15T22:59:59Z': '2026-06-15',
    '2026-06-15T23:00:00Z': '2026-06-16',
  }
  for (const [instant, day] of Object.entries(days)) assert.equal(londonDay(Date.parse(instant)), day)
})

test('the clock changes do not shift the day', () => {
  const days = {
    '2026-03-28T23:59:59Z': '2026-03-28',
    '2026-03-29T00:00:00Z': '2026-03-29',
    '2026-03-29T22:59:59Z': '2026-03-29',
    '2026-03-29T23:00:00Z': '2026-03-30',
    '2026-10-24T23:00:00Z': '2026-10-25',
    '2026-10-25T23:59:59Z': '2026-10-25',
    '2026-10-26T00:00:00Z': '2026-10-26',
  }
  for (const [instant, day] of Object.entries(days)) assert.equal(londonDay(Date.parse(instant)), day)
})
