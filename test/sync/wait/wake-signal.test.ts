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
  test('wakes at once, and leaves no timer', async () => {
    const { clock, wake, wait } = waiting()
    const woken = wait()
    await clock.untilPending(1)
    wake.wake()
    await woken
    assert.equal(clock.pending, 0)
  })

  test('continues on its own after the timeout', async () => {
    const { clock, wait, ended } = waiting()
    const waited = wait()
    await clock.advance(199)
    assert.equal(ended(), 0)
    await clock.advance(1)
    await waited
  })

  test('continues when it is stopped', async () => {
    const { clock, stopping, wait } = waiting()
    const waited = wait()
    await clock.untilPending(1)
    stopping.abort()
    await waited
  })

  test('does not miss an earlier wake-up: one is remembered', async () => {
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

  test('consumes the wake-up that woke it', async () => {
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

  test('remembers a wake-up that arrives after the timeout', async () => {
    const { clock, wake, wait, ended } = waiting()
    const waited = wait()
    await clock.advance(200)
    await waited
    wake.wake()
    await wait()
    assert.equal(ended(), 2)
  })
})
