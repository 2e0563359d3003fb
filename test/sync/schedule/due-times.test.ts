import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Recurrence } from '../../../src/ports/recurrence.ts'
import { dueTimes, GRACE_MS, MOST_COUNTED } from '../../../src/sync/schedule/due-times.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Due at every multiple of `every`. */
const each = (every: number): Recurrence => ({
  expression: `every ${every}`,
  next: (after) => (Math.floor(after / every) + 1) * every,
})

const once = (at: number): Recurrence => ({ expression: 'once', next: (after) => (after < at ? at : null) })

test('nothing is due before its time, and everything is at its time', () => {
  const hourly = each(HOUR)
  const early = dueTimes(hourly, 10, HOUR - 1)
  assert.deepEqual([early.due, early.missed, early.next], [null, null, HOUR])
  assert.deepEqual(dueTimes(hourly, 10, HOUR), {
    due: { first: HOUR, last: HOUR, times: 1 },
    missed: null,
    until: HOUR,
    next: 2 * HOUR,
  })
})

test('what was decided is not due again', () => {
  assert.equal(dueTimes(each(HOUR), HOUR, HOUR).due, null)
  assert.equal(dueTimes(each(HOUR), HOUR, HOUR + GRACE_MS).missed, null)
})

test('something is started late within the grace, and missed after it', () => {
  const late = HOUR + GRACE_MS
  assert.deepEqual(dueTimes(each(HOUR), 0, late - 1).due, { first: HOUR, last: HOUR, times: 1 })
  const missed = dueTimes(each(HOUR), 0, late)
  assert.deepEqual([missed.due, missed.missed], [null, { first: HOUR, last: HOUR, times: 1 }])
  assert.equal(dueTimes(each(HOUR), missed.until, late + 1).missed, null)
})

test('one start does for all due times within the grace; earlier ones are missed', () => {
  const { due, missed, until } = dueTimes(each(10 * MINUTE), 0, 65 * MINUTE)
  assert.deepEqual(due, { first: 40 * MINUTE, last: 60 * MINUTE, times: 3 })
  assert.deepEqual(missed, { first: 10 * MINUTE, last: 30 * MINUTE, times: 3 })
  assert.equal(until, 60 * MINUTE)
})

test('a year of missed minutes is not counted to the end', () => {
  const { missed, due } = dueTimes(each(MINUTE), 0, 365 * 24 * HOUR)
  assert.deepEqual([missed?.first, missed?.times, due?.times], [MINUTE, MOST_COUNTED, 30])
})

test('an expression that is due no more', () => {
  assert.deepEqual(dueTimes(once(HOUR), HOUR, 2 * HOUR), { due: null, missed: null, until: 1.5 * HOUR, next: null })
})
