import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { Backoff, persist } from '../../../src/sync/wait/persist.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

const AWAY = new RevalError('STORE_FAILED', 'the store is away', { transient: true })

function setting() {
  const clock = new ManualClock()
  const events = createRunEvents()
  const told: string[] = []
  events.on('warning', ({ doing, error }) => told.push(`${doing}: ${error.message}`))
  return { clock, events, told }
}

/** An action that fails this many times, and then resolves with the number of attempts. */
function failing(times: number, error: unknown = AWAY) {
  let tries = 0
  return async () => {
    tries += 1
    if (tries <= times) throw error
    return tries
  }
}

const never = new AbortController().signal

describe('a transient failure', () => {
  test('is retried until it succeeds, and reported each time', async () => {
    const { told, ...context } = setting()
    const result = persist(context, { doing: 'writing', signal: never }, failing(6))
    await context.clock.advance(60_000)
    assert.equal(await result, 7)
    assert.deepEqual(told, Array(6).fill('writing: the store is away'))
  })

  test('is not delayed once it succeeds', async () => {
    const { told, ...context } = setting()
    assert.equal(await persist(context, { doing: 'writing', signal: never }, failing(0)), 1)
    assert.deepEqual([told, context.clock.pending], [[], 0])
  })

  test('ends with the reason of the signal, even during a wait', async () => {
    const { told, ...context } = setting()
    const stopping = new AbortController()
    const result = persist(context, { doing: 'writing', signal: stopping.signal }, failing(1_000))
    await context.clock.untilPending(1)
    stopping.abort(new RevalError('RUN_OVER', 'enough'))
    await assert.rejects(result, { code: 'RUN_OVER' })
    assert.equal(told.length, 1)
    assert.equal(context.clock.pending, 0)
  })

  test('ends with its own error when retrying is pointless', async () => {
    const context = setting()
    const until = context.clock.monotonic() + 10_000
    const shouldRetry = () => context.clock.monotonic() < until
    const result = persist(context, { doing: 'writing', signal: never, shouldRetry }, failing(1_000))
    const rejected = assert.rejects(result, AWAY)
    await context.clock.advance(20_000)
    await rejected
  })
})

test('a permanent failure is not retried', async () => {
  for (const error of [new RevalError('DISK_FULL', 'full'), new Error('a fault of the program')]) {
    const { told, ...context } = setting()
    await assert.rejects(persist(context, { doing: 'writing', signal: never }, failing(1, error)), error)
    assert.deepEqual(told, [])
  }
})

test('waits double up to five seconds, each with at most half of it as jitter', () => {
  const backoff = new Backoff()
  for (const limit of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
    const wait = backoff.next()
    assert.ok(wait >= limit / 2 && wait <= limit, `${wait} of ${limit}`)
  }
  const short = new Backoff(50)
  for (let tries = 0; tries < 3; tries += 1) assert.ok(short.next() <= 50)
})
