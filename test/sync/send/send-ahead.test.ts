import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openInProcessBroker } from '../../../src/adapters/broker/in-process/broker.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { DEFAULT_TOPOLOGY } from '../../../src/messages/topology.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { SendAhead } from '../../../src/sync/send/send-ahead.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { bytes, textOf } from '../../messages/bodies.ts'

const AHEAD = 3
const never = new AbortController().signal

interface Publishing {
  readonly body: string
  readonly accept: () => void
  readonly refuse: (error: Error) => void
}

/** A broker that accepts or refuses each message when the test says so, and what is under way to it. */
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
  const context = { clock, broker, events: createRunEvents(), settings: { sendAhead: AHEAD } }
  return { clock, underWay, context }
}

const message = (text: string) => ({ body: bytes(text), attributes: {} })
const bodies = (underWay: readonly Publishing[]) => underWay.map(({ body }) => body)

describe('messages that are sent ahead', () => {
  test('are under way in order, no more of them than the setting says', async () => {
    const { context, underWay } = setting()
    await using ahead = new SendAhead(context, 'traineeData', never)
    for (const text of ['1', '2', '3']) await ahead.send(message(text))
    let fourth = false
    const sending = ahead.send(message('4')).then(() => (fourth = true))
    await turn()
    assert.deepEqual([bodies(underWay), fourth], [['1', '2', '3'], false])
    underWay[1]?.accept()
    await sending
    assert.deepEqual(bodies(underWay), ['1', '2', '3', '4'])
    let isSettled = false
    const settled = ahead.settled().then(() => (isSettled = true))
    for (const publishing of underWay.slice(0, 3)) publishing.accept()
    await turn()
    assert.equal(isSettled, false)
    underWay[3]?.accept()
    await settled
  })

  test('that are refused for the moment are sent again, until they are accepted', async () => {
    const { context, underWay, clock } = setting()
    await using ahead = new SendAhead(context, 'traineeData', never)
    await ahead.send(message('1'))
    underWay[0]?.refuse(new RevalError('BROKER_FAILED', 'away', { transient: true }))
    await clock.untilPending(1)
    await clock.advance(1_000)
    assert.deepEqual(bodies(underWay), ['1', '1'])
    underWay[1]?.accept()
    await ahead.settled()
  })

  test('end with the first that is refused for good', async () => {
    const { context, underWay } = setting()
    await using ahead = new SendAhead(context, 'traineeData', never)
    for (const text of ['1', '2']) await ahead.send(message(text))
    underWay[1]?.refuse(new RevalError('BROKER_FAILED', 'refused'))
    await assert.rejects(ahead.settled(), { message: 'refused' })
    await assert.rejects(ahead.send(message('3')), { message: 'refused' })
    assert.deepEqual(bodies(underWay), ['1', '2'])
  })

  test('end with the reason of whoever ends it, and nothing stays under way', async () => {
    const { context } = setting()
    const stopping = new AbortController()
    await using ahead = new SendAhead(context, 'traineeData', stopping.signal)
    for (const text of ['1', '2', '3']) await ahead.send(message(text))
    const waiting = ahead.send(message('4'))
    stopping.abort(new RevalError('RUN_OVER', 'over'))
    await assert.rejects(waiting, { code: 'RUN_OVER' })
    await assert.rejects(ahead.settled(), { code: 'RUN_OVER' })
  })
})
