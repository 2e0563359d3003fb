import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { age, duration, durationRange, timeLeft } from '../../../src/console/words/durations.ts'

const DURATIONS: readonly (readonly [number, string])[] = [
  [0, '0 seconds'],
  [0.04, 'less than 0.1 seconds'],
  [1, '1 second'],
  [4.6, '4.6 seconds'],
  [9.94, '9.9 seconds'],
  [9.96, '10 seconds'],
  [74.4, '74 seconds'],
  [119.4, '119 seconds'],
  [119.6, '2 minutes'],
  [720, '12 minutes'],
  [7_169, '119 minutes'],
  [7_180, '2 hours'],
  [11_100, '3 hours 5 minutes'],
  [3_600 * 25 + 60, '25 hours 1 minute'],
  [86_400 * 3 + 3_600, '3 days 1 hour'],
]

test('durations are in units that people think in', () => {
  for (const [seconds, text] of DURATIONS) assert.equal(duration(seconds), text)
  assert.equal(duration(null), 'Not known')
  assert.equal(duration(-1), '0 seconds')
})

test('a longer duration never reads as a shorter one', () => {
  const UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 }
  const read = (text: string) =>
    [...text.replaceAll(',', '').matchAll(/([\d.]+) (second|minute|hour|day)/g)].reduce(
      (sum, [, figure, unit]) => sum + Number(figure) * (UNITS[unit ?? ''] ?? NaN),
      0,
    )
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (one, other) => {
      const [shorter, longer] = [Math.min(one, other) / 4, Math.max(one, other) / 4]
      assert.ok(read(duration(shorter)) <= read(duration(longer)))
      assert.ok(Math.abs(read(duration(longer)) - longer) <= Math.max(0.051, longer * 0.05))
    }),
  )
})

test('time left is a rough estimate, never nothing', () => {
  assert.equal(timeLeft(0), 'about 1 second left')
  assert.equal(timeLeft(0.3), 'about 1 second left')
  assert.equal(timeLeft(119.2), 'about 2 minutes left')
  assert.equal(timeLeft(130), 'about 2 minutes left')
  assert.equal(timeLeft(null), 'Time left: not known yet')
})

test('ages have one unit', () => {
  assert.equal(age(9_900), 'a moment ago')
  assert.equal(age(-5_000), 'a moment ago')
  assert.equal(age(74_000), '74 seconds ago')
  assert.equal(age(120_000), '2 minutes ago')
  assert.equal(age(6.9 * 3_600_000), '6 hours ago')
  assert.equal(age(3 * 86_400_000), '3 days ago')
})

test('a range names the unit once if both ends have it', () => {
  assert.equal(durationRange(21, 26), '21 to 26 seconds')
  assert.equal(durationRange(23, 23.2), '23 seconds')
  assert.equal(durationRange(74, 720), '74 seconds to 12 minutes')
  assert.equal(durationRange(300, 11_100), '5 minutes to 3 hours 5 minutes')
  assert.equal(durationRange(1, 26), '1 second to 26 seconds')
})
