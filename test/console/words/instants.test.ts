import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayInWords, fullInstant, instant, timeOfDay, weekdayInWords } from '../../../src/console/words/instants.ts'
import { londonDay } from '../../../src/domain/day.ts'

const at = (iso: string): number => Date.parse(iso)
const NOW = at('2026-11-26T11:12:00Z')

test('today, yesterday and tomorrow are said so; other days in full', () => {
  assert.deepEqual(instant(at('2026-11-26T05:04:12.345Z'), NOW), {
    text: '5:04am today',
    datetime: '2026-11-26T05:04:12Z',
  })
  assert.equal(instant(at('2026-11-25T05:04:12Z'), NOW).text, '5:04am yesterday')
  assert.equal(instant(at('2026-11-27T05:00:00Z'), NOW).text, '5am tomorrow')
  assert.equal(instant(at('2026-11-24T17:30:00Z'), NOW).text, '24 November 2026 at 5:30pm')
  assert.equal(instant(at('2026-11-26T05:04:12Z'), NOW, 'seconds').text, '5:04:12am today')
})

test('a full instant never depends on the day it is read', () => {
  assert.equal(fullInstant(at('2026-11-26T05:04:12Z')).text, '26 November 2026 at 5:04am')
  assert.equal(fullInstant(at('2026-11-26T05:04:12Z'), 'seconds').text, '26 November 2026 at 5:04:12am')
})

test('midday and midnight are words, and full hours have no minutes', () => {
  assert.equal(timeOfDay(at('2026-11-26T12:00:30Z')), 'midday')
  assert.equal(timeOfDay(at('2026-11-26T00:00:00Z')), 'midnight')
  assert.equal(timeOfDay(at('2026-11-26T00:05:00Z')), '12:05am')
  assert.equal(timeOfDay(at('2026-11-26T12:05:00Z')), '12:05pm')
  assert.equal(timeOfDay(at('2026-11-26T17:00:00Z')), '5pm')
  assert.equal(timeOfDay(at('2026-11-26T12:00:07Z'), 'seconds'), '12:00:07pm')
  assert.equal(timeOfDay(at('2026-11-26T12:00:00Z'), 'seconds'), 'midday')
})

test('in summer London is an hour ahead of UTC, so that a late evening belongs to the next day', () => {
  assert.equal(instant(at('2026-06-30T23:30:00Z'), at('2026-07-01T10:00:00Z')).text, '12:30am today')
  assert.equal(instant(at('2026-06-30T22:30:00Z'), at('2026-07-01T10:00:00Z')).text, '11:30pm yesterday')
})

test('the days of the clock changes have 23 and 25 hours, and still one yesterday', () => {
  // 29 March 2026 at 1am becomes 2am; 25 October 2026 at 2am becomes 1am.
  assert.equal(timeOfDay(at('2026-03-29T00:59:00Z')), '12:59am')
  assert.equal(timeOfDay(at('2026-03-29T01:00:00Z')), '2am')
  assert.equal(instant(at('2026-03-28T23:30:00Z'), at('2026-03-29T22:30:00Z')).text, '11:30pm yesterday')
  assert.equal(instant(at('2026-10-25T00:30:00Z'), at('2026-10-25T12:00:00Z')).text, '1:30am today')
  assert.equal(instant(at('2026-10-25T01:30:00Z'), at('2026-10-25T12:00:00Z')).text, '1:30am today')
  assert.equal(instant(at('2026-10-24T23:30:00Z'), at('2026-10-26T00:30:00Z')).text, '12:30am yesterday')
})

test('days are written in full', () => {
  assert.equal(dayInWords('2026-11-05'), '5 November 2026')
  assert.equal(weekdayInWords('2026-11-26'), 'Thursday 26 November 2026')
})

test('the text of an instant names the day that the rules use', () => {
  const instants = fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2099-12-31T00:00:00Z') })
  fc.assert(
    fc.property(instants, instants, (when, now) => {
      assert.ok(fullInstant(when).text.startsWith(`${dayInWords(londonDay(when))} at `))
      assert.equal(instant(when, now).text.endsWith('today'), londonDay(when) === londonDay(now))
      assert.match(timeOfDay(when), /^(midday|midnight|(?:[1-9]|1[0-2])(?::[0-5]\d)?[ap]m)$/)
      assert.equal(Date.parse(instant(when, now).datetime), Math.floor(when / 1000) * 1000)
    }),
  )
})
