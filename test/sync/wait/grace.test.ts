import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRunEvents } from '../../../src/sync/events.ts'
import { withGrace } from '../../../src/sync/wait/grace.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { troubles } from '../a-context.ts'

function place() {
  const context = { clock: new ManualClock(), events: createRunEvents() }
  const stop = new AbortController()
  const acting = Promise.withResolvers<number>()
  const result = withGrace(context, { graceMs: 100, signal: stop.signal, doing: 'acting' }, () => acting.promise)
  return { ...context, warnings: troubles(context), stop, acting, result }
}

describe('work with a grace period', () => {
  test('resolves or rejects as the work does, and leaves no timer', async () => {
    const { acting, result, clock } = place()
    acting.resolve(7)
    assert.equal(await result, 7)
    assert.equal(clock.pending, 0)
    const failing = place()
    failing.acting.reject(new Error('its own'))
    await assert.rejects(failing.result, { message: 'its own' })
  })

  test('may still end after the stop', async () => {
    const { acting, result, clock, stop } = place()
    stop.abort()
    await clock.advance(99)
    acting.resolve(7)
    assert.equal(await result, 7)
  })

  test('is left to itself after the grace period; if it fails then, that is a warning', async () => {
    const { acting, result, clock, stop, warnings } = place()
    const rejected = assert.rejects(result, { message: 'stop' })
    stop.abort(new Error('stop'))
    await clock.advance(100)
    await rejected
    acting.reject(new Error('much later'))
    await clock.advance(1)
    assert.deepEqual(warnings, ['acting: INTERNAL'])
  })
})
