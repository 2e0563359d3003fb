import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { repeat } from '../../../src/sync/wait/repeat.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { troubles } from '../a-context.ts'

function repeating(action: (time: number) => void, every: { everyMs: number; afterErrorMs?: number }) {
  const [clock, events, stopping] = [new ManualClock(), createRunEvents(), new AbortController()]
  const warnings = troubles({ events })
  let times = 0
  const ended = repeat({ clock, events }, { doing: 'looking', ...every }, stopping.signal, async () => {
    times += 1
    action(times)
  })
  return { clock, warnings, stopping, ended, times: () => times }
}

test('an action is repeated at once, then after each interval, until the signal is aborted', async () => {
  const { clock, warnings, stopping, ended, times } = repeating(() => undefined, { everyMs: 1_000 })
  await clock.untilPending(1)
  assert.equal(times(), 1)
  await clock.advance(999)
  assert.equal(times(), 1)
  await clock.advance(1)
  await clock.untilPending(1)
  assert.equal(times(), 2)
  stopping.abort()
  await ended
  assert.deepEqual([times(), warnings], [2, []])
})

test('an error is a warning, and the pause after it may be another', async () => {
  const action = (time: number) => {
    if (time === 1) throw new RevalError('LEDGER_FAILED', 'away')
  }
  const { clock, warnings, stopping, ended, times } = repeating(action, { everyMs: 1_000, afterErrorMs: 5_000 })
  await clock.untilPending(1)
  assert.deepEqual(warnings, ['looking: LEDGER_FAILED'])
  await clock.advance(4_999)
  assert.equal(times(), 1)
  await clock.advance(1)
  await clock.untilPending(1)
  await clock.advance(1_000)
  await clock.untilPending(1)
  assert.equal(times(), 3)
  stopping.abort()
  await ended
})

test('an action that fails while it is stopped is neither logged nor repeated', async () => {
  const stop = () => {
    stopping.abort()
    throw new RevalError('LEDGER_FAILED', 'away')
  }
  const { warnings, stopping, ended, times, clock } = repeating((time) => time === 2 && stop(), { everyMs: 10 })
  await clock.untilPending(1)
  await clock.advance(10)
  await ended
  assert.deepEqual([times(), warnings], [2, []])
})
