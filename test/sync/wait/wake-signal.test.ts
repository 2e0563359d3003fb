import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { WakeSignal } from '../../../src/sync/wait/wake-signal.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

function waiting(milliseconds = 200) {
  const clock = new ManualClock()
  const wake = new WakeSignal()
  const stopping = new AbortController()
  let waits = 0
  const wait = () => wake.wait(clock, milliseconds, stopping.signal).then(() => (waits += 1))
  return { clock, wake, stopping, wait, ended: () => waits }
}

describe('a loop that waits', () => {
  test('is woken at once, and no wait is left behind', async () => {
    const { clock, wake, wait } = waiting()
    const woken = wait()
    await clock.untilPending(1)
    wake.wake()
    await woken
    assert.equal(clock.pending, 0)
  })

  test('goes on by itself after its time', async () => {
    const { clock, wait, ended } = waiting()
    const waited = wait()
    await clock.advance(199)
    assert.equal(ended(), 0)
    await clock.advance(1)
    await waited
  })

  test('goes on when it is stopped', async () => {
    const { clock, stopping, wait } = waiting()
    const waited = wait()
    await clock.untilPending(1)
    stopping.abort()
    await waited
  })

  test('is not kept waiting by a wake-up that came before: that is remembered, once', async () => {
    const { clock, wake, wait, ended } = waiting()
    wake.wake()
    wake.wake()
    await wait()
    const again = wait()
    await turn()
    assert.deepEqual([ended(), clock.pending], [1, 1])
    wake.wake()
    await again
  })

  test('has used up a wake-up that woke it', async () => {
    const { clock, wake, wait, ended } = waiting()
    const woken = wait()
    await clock.untilPending(1)
    wake.wake()
    await woken
    void wait()
    await turn()
    assert.equal(ended(), 1)
    await clock.advance(200)
    assert.equal(ended(), 2)
  })

  test('remembers a wake-up that comes after its time is over', async () => {
    const { clock, wake, wait, ended } = waiting()
    const waited = wait()
    await clock.advance(200)
    await waited
    wake.wake()
    await wait()
    assert.equal(ended(), 2)
  })
})
