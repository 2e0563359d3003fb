import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openInProcessBroker } from '../../../src/adapters/broker/in-process/broker.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { DEFAULT_TOPOLOGY } from '../../../src/messages/topology.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { SendAhead, UNCONFIRMED } from '../../../src/sync/send/send-ahead.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { bytes, textOf } from '../../messages/bodies.ts'

/** The limit, in bytes: three of the messages below. */
const AHEAD = 30
const POLL_MS = 200
const never = new AbortController().signal

interface Publishing {
  readonly body: string
  readonly accept: () => void
  readonly refuse: (error: Error) => void
}

/** A broker that accepts or refuses each message when the test says so, and the messages in flight. */
function setting() {
  const clock = new ManualClock()
  const underWay: Publishing[] = []
  const broker = altered(openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock }), {
    publish:
      () =>
      (_route, { body }, signal) =>
        new Promise<void>((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error))
          underWay.push({ body: textOf(body), accept: resolve, refuse: reject })
        }),
  })
  const context = { clock, broker, events: createRunEvents(), settings: { sendAheadBytes: AHEAD, pollMs: POLL_MS } }
  return { clock, underWay, context }
}

const message = (text: string) => ({ body: bytes(text), attributes: {} })
/** Without a record of what was received. */
const unbounded = { route: 'traineeData', signal: never, received: null } as const
const bodies = (underWay: readonly Publishing[]) => underWay.map(({ body }) => body)

describe('messages that are sent ahead', () => {
  test('are in flight in order, up to a limit before the first is accepted', async () => {
    const { context, underWay } = setting()
    await using ahead = new SendAhead(context, unbounded)
    const first = Array.from({ length: UNCONFIRMED }, (_, index) => `${index}`)
    for (const text of first) await ahead.send(message(text))
    let isSent = false
    const sending = ahead.send(message('another')).then(() => (isSent = true))
    await turn()
    assert.deepEqual([bodies(underWay), isSent], [first, false])
    underWay[1]?.accept()
    await sending
    assert.deepEqual(bodies(underWay), [...first, 'another'])
    let isSettled = false
    const settled = ahead.confirmed().then(() => (isSettled = true))
    for (const publishing of underWay.slice(0, UNCONFIRMED)) publishing.accept()
    await turn()
    assert.equal(isSettled, false)
    underWay[UNCONFIRMED]?.accept()
    await settled
  })

  test('that are refused with a transient error are sent again until they are accepted', async () => {
    const { context, underWay, clock } = setting()
    await using ahead = new SendAhead(context, unbounded)
    await ahead.send(message('1'))
    underWay[0]?.refuse(new RevalError('BROKER_FAILED', 'away', { transient: true }))
    await clock.untilPending(1)
    await clock.advance(1_000)
    assert.deepEqual(bodies(underWay), ['1', '1'])
    underWay[1]?.accept()
    await ahead.confirmed()
  })

  test('end with the first permanent refusal', async () => {
    const { context, underWay } = setting()
    await using ahead = new SendAhead(context, unbounded)
    for (const text of ['1', '2']) await ahead.send(message(text))
    underWay[1]?.refuse(new RevalError('BROKER_FAILED', 'refused'))
    await assert.rejects(ahead.confirmed(), { message: 'refused' })
    await assert.rejects(ahead.send(message('3')), { message: 'refused' })
    assert.deepEqual(bodies(underWay), ['1', '2'])
  })

  test('end with the reason of the signal, and nothing stays in flight', async () => {
    const { context } = setting()
    const stopping = new AbortController()
    await using ahead = new SendAhead(context, { ...unbounded, signal: stopping.signal })
    for (let sent = 0; sent < UNCONFIRMED; sent++) await ahead.send(message(`${sent}`))
    const waiting = ahead.send(message('another'))
    stopping.abort(new RevalError('RUN_OVER', 'over'))
    await assert.rejects(waiting, { code: 'RUN_OVER' })
    await assert.rejects(ahead.confirmed(), { code: 'RUN_OVER' })
  })
})

describe('a sender and its receiver', () => {
  /** Sends texts of ten bytes one after the other, all of them accepted at once. */
  function sending(texts: readonly string[], signal = never) {
    const { clock, context: given } = setting()
    const accepted: string[] = []
    const broker = altered(given.broker, {
      publish:
        () =>
        async (_route, { body }) =>
          void accepted.push(textOf(body)),
    })
    const context = { ...given, broker }
    const record = { received: 0, reads: 0, away: false }
    const received = async () => {
      record.reads += 1
      if (record.away) throw new RevalError('LEDGER_FAILED', 'away', { transient: true })
      return record.received
    }
    const ahead = new SendAhead(context, { route: 'traineeData', signal, received })
    const all = (async () => {
      for (const text of texts) await ahead.send(message(text))
    })()
    // A later await gets the error.
    all.catch(() => undefined)
    return { clock, accepted, record, all, ahead }
  }
  const ten = (count: number) => Array.from({ length: count }, (_, index) => `${index}`.padStart(10, '0'))

  test('the sender sends up to the limit without reading the record', async () => {
    const { accepted, record, all } = sending(ten(3))
    await all
    assert.deepEqual([accepted.length, record.reads], [3, 0])
  })

  test('at the limit the sender waits for the record, then sends as much as was received', async () => {
    const { clock, accepted, record, all } = sending(ten(6))
    await clock.untilPending(1)
    assert.deepEqual([accepted.length, record.reads], [3, 1])
    await clock.advance(5 * POLL_MS)
    assert.deepEqual([accepted.length, record.reads], [3, 6])
    record.received = 2
    await clock.advance(POLL_MS)
    assert.equal(accepted.length, 5)
    record.received = 5
    await clock.advance(POLL_MS)
    await all
    assert.equal(accepted.length, 6)
  })

  test('a record that lags delays the sender, and never blocks it permanently', async () => {
    const { clock, accepted, record, all } = sending(ten(100))
    // The record shows what was accepted a second before.
    for (let had = 0; accepted.length < 100; had = accepted.length) {
      record.received = had
      await clock.advance(1_000)
      assert.ok(accepted.length > had)
    }
    await all
    assert.equal(accepted.length, 100)
  })

  test('the end does not wait for the record, even if the receiver has nothing yet', async () => {
    const { ahead, all } = sending(ten(3))
    await all
    await ahead.confirmed()
  })

  test('a message larger than the limit is sent once the receiver has all the others', async () => {
    const { clock, accepted, record, all } = sending(['0'.repeat(100), 'small'])
    await clock.untilPending(1)
    assert.equal(accepted.length, 1)
    record.received = 1
    await clock.advance(POLL_MS)
    await all
    assert.equal(accepted.length, 2)
  })

  test('the sender waits while the ledger is away', async () => {
    const { clock, record, accepted, all } = sending(ten(4))
    await clock.untilPending(1)
    record.away = true
    await clock.advance(60_000)
    assert.equal(accepted.length, 3)
    Object.assign(record, { away: false, received: 1 })
    await clock.advance(10_000)
    await all
    assert.equal(accepted.length, 4)
  })

  test('a sender whose receiver died waits until its run ends or restarts', async () => {
    const over = new AbortController()
    const { clock, accepted, all } = sending(ten(4), over.signal)
    await clock.advance(600_000)
    assert.equal(accepted.length, 3)
    over.abort(new RevalError('RUN_OVER', 'the run restarted'))
    await assert.rejects(all, { code: 'RUN_OVER' })
    assert.equal(clock.pending, 0)
  })
})
