import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { QueueDepth } from '../../../src/ports/broker.ts'
import { GIVE_UP_MS, untilTaken } from '../../../src/sync/send/until-taken.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aContext, SETTINGS } from '../a-context.ts'

const EXACT = { isApproximate: false, seesAllDeliveries: true }
const READY_ONLY = { isApproximate: false, seesAllDeliveries: false }
const APPROXIMATE = { isApproximate: true, seesAllDeliveries: true }

type Counted = Pick<QueueDepth, 'isApproximate' | 'seesAllDeliveries'>

/** A queue whose depth the test sets, and what came of waiting for it, by seconds of the clock. */
class Waited {
  readonly clock = new ManualClock()
  readonly warnings: string[] = []
  readonly stopping = new AbortController()
  readonly ended: Promise<void>
  waiting = 2
  unacknowledged = 0
  outcome = 'waits'

  constructor(counted: Counted) {
    const { clock } = this
    const depth = () => {
      const { waiting, unacknowledged } = this
      return Promise.resolve({ waiting, unacknowledged, ...counted })
    }
    const settings = { ...SETTINGS, quietMs: 10_000, stallMs: 120_000 }
    const context = { ...aContext({ clock }), settings, broker: { depth } }
    context.events.on('warning', ({ error }) => this.warnings.push(error.message))
    this.ended = untilTaken(context, {
      queue: 'doctorData',
      signal: this.stopping.signal,
      onDepth: () => undefined,
    }).then(
      () => void (this.outcome = 'taken'),
      (error: unknown) => void (this.outcome = error instanceof RevalError ? error.code : String(error)),
    )
  }

  async pass(seconds: number): Promise<string> {
    await this.clock.advance(seconds * 1_000)
    return this.outcome
  }
}

describe('a queue is taken', () => {
  test('at once, where the broker counts exactly what every process holds', async () => {
    const queue = new Waited(EXACT)
    assert.equal(await queue.pass(5), 'waits')
    queue.waiting = 0
    queue.unacknowledged = 1
    assert.equal(await queue.pass(60), 'waits')
    queue.unacknowledged = 0
    assert.equal(await queue.pass(1), 'taken')
  })

  for (const [what, counted, quietSeconds] of [
    ['once it was empty for the quiet time, where the broker does not tell what others hold', READY_ONLY, 10],
    ['once it was empty for a minute, where the broker counts approximately', APPROXIMATE, 60],
  ] as const) {
    test(what, async () => {
      const queue = new Waited(counted)
      await queue.pass(1)
      queue.waiting = 0
      assert.equal(await queue.pass(quietSeconds - 1), 'waits')
      // A message that is delivered again starts the time over.
      queue.waiting = 1
      assert.equal(await queue.pass(1), 'waits')
      queue.waiting = 0
      assert.equal(await queue.pass(quietSeconds - 1), 'waits')
      assert.equal(await queue.pass(1), 'taken')
    })
  }
})

describe('while the receiver is away', () => {
  test('a warning tells how many messages are left, after the stall time, and then less and less often', async () => {
    const queue = new Waited(APPROXIMATE)
    assert.equal(await queue.pass(119), 'waits')
    assert.deepEqual(queue.warnings, [])
    assert.equal(await queue.pass(600), 'waits')
    const said = (seconds: number) => `2 messages of doctorData have not been taken, nothing moved for ${seconds} s`
    assert.deepEqual(queue.warnings, [said(120), said(240), said(480)])
    // It is back, and stops again.
    queue.waiting = 1
    await queue.pass(121)
    assert.equal(queue.warnings.length, 4)
  })

  test('waiting ends after half a day', async () => {
    const queue = new Waited(EXACT)
    assert.equal(await queue.pass(GIVE_UP_MS / 1_000 - 1), 'waits')
    queue.waiting = 1
    assert.equal(await queue.pass(60), 'waits')
    assert.equal(await queue.pass(GIVE_UP_MS / 1_000), 'SEND_UNFINISHED')
  })

  test('waiting can be ended', async () => {
    const queue = new Waited(EXACT)
    await queue.pass(3)
    queue.stopping.abort(new RevalError('SEND_UNFINISHED', 'tcs is stopping'))
    await queue.ended
    assert.equal(queue.outcome, 'SEND_UNFINISHED')
  })
})
