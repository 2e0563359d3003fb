import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from './manual-clock.ts'

const never = new AbortController().signal

test('time stands still until advanced', async () => {
  const clock = new ManualClock(1_000)
  assert.equal(clock.now(), 1_000)
  const before = clock.monotonic()
  await clock.advance(250)
  assert.equal(clock.now(), 1_250)
  assert.equal(clock.monotonic() - before, 250)
})

test('the wall clock can be set either way without affecting durations and waits', async () => {
  for (const change of [-86_400_000, 3_600_000]) {
    const clock = new ManualClock(1_000)
    const begin = clock.monotonic()
    let ended: number | null = null
    void clock.wait(100, never).then(() => (ended = clock.now()))
    await clock.advance(40)
    clock.setWallClockBy(change)
    assert.equal(clock.now(), 1_040 + change)
    assert.equal(clock.nextDue, 1_100 + change)
    await clock.advance(59)
    assert.equal(ended, null)
    await clock.advance(1)
    assert.equal(ended, 1_100 + change)
    assert.equal(clock.monotonic() - begin, 100)
  }
})

test('a wait ends exactly when due', async () => {
  const clock = new ManualClock(0)
  const ended: number[] = []
  void clock.wait(100, never).then(() => ended.push(clock.now()))
  await clock.advance(99)
  assert.deepEqual(ended, [])
  assert.equal(clock.pending, 1)
  assert.equal(clock.nextDue, 100)
  await clock.advance(50)
  assert.deepEqual(ended, [100])
  assert.equal(clock.pending, 0)
  assert.equal(clock.nextDue, null)
})

test('waits end in due order, equal ones in the order they started', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }), async (lengths) => {
      const clock = new ManualClock(0)
      const ended: { length: number; index: number; at: number }[] = []
      lengths.forEach((length, index) => {
        void clock.wait(length, never).then(() => ended.push({ length, index, at: clock.now() }))
      })
      await clock.advance(20)
      const expected = lengths
        .map((length, index) => ({ length, index, at: length }))
        .sort((a, b) => a.length - b.length || a.index - b.index)
      assert.deepEqual(ended, expected)
    }),
    { numRuns: 30 },
  )
})

test('waits started while time advances end in the same advance', async () => {
  const clock = new ManualClock(0)
  const beats: number[] = []
  const stop = new AbortController()
  const heart = (async () => {
    while (!stop.signal.aborted) {
      await clock.wait(10, stop.signal)
      beats.push(clock.now())
    }
  })()
  await clock.advance(35)
  assert.deepEqual(beats, [10, 20, 30])
  stop.abort()
  await heart
  assert.equal(clock.pending, 0)
})

test('an aborted wait ends at once, even if aborted before it started', async () => {
  const clock = new ManualClock(0)
  const stop = new AbortController()
  const waiting = clock.wait(100, stop.signal)
  assert.equal(clock.pending, 1)
  stop.abort()
  await waiting
  await clock.wait(100, stop.signal)
  assert.equal(clock.pending, 0)
  assert.equal(clock.now(), 0)
})

test('a test can wait for a wait to start', async () => {
  const clock = new ManualClock(0)
  const seen = clock.untilPending(2).then(() => clock.pending)
  void clock.wait(5, never)
  void clock.wait(5, never)
  void clock.wait(5, never)
  assert.equal(await seen, 3)
  await clock.untilPending(1)
})
