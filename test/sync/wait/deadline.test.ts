import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { withinDeadline } from '../../../src/sync/wait/deadline.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

const late = () => new RevalError('LEDGER_FAILED', 'too late', { transient: true })

describe('work with a deadline', () => {
  test('resolves with its result, and leaves no timer', async () => {
    const clock = new ManualClock()
    assert.equal(await withinDeadline(clock, 100, late, () => Promise.resolve(7)), 7)
    assert.equal(clock.pending, 0)
  })

  test('rejects with its own error, and leaves no timer', async () => {
    const clock = new ManualClock()
    const away = () => Promise.reject(new Error('away'))
    await assert.rejects(withinDeadline(clock, 100, late, away), { message: 'away' })
    const thrown = () => {
      throw new Error('at once')
    }
    await assert.rejects(withinDeadline(clock, 100, late, thrown), { message: 'at once' })
    assert.equal(clock.pending, 0)
  })

  test('is awaited up to the last millisecond, and no longer', async () => {
    const clock = new ManualClock()
    const hanging = Promise.withResolvers<number>()
    let ended = 'not yet'
    const result = withinDeadline(clock, 100, late, () => hanging.promise).catch((error: unknown) => {
      ended = (error as Error).message
    })
    await clock.advance(99)
    assert.equal(ended, 'not yet')
    await clock.advance(1)
    assert.equal(ended, 'too late')
    // Its later result has no consumer.
    hanging.reject(new Error('much later'))
    await result
  })
})
