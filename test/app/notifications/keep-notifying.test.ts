import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { webhookDestination } from '../../../src/app/notifications/destinations/webhook.ts'
import { keepNotifying } from '../../../src/app/notifications/keep-notifying.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { NOTIFICATIONS } from '../../../src/ports/notifications.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { aContext, folderFor, ledgerFor } from '../../sync/a-context.ts'
import { aRun } from '../../sync/examples.ts'
import { failsTwice, hangs, httpReceiver, ok, type Answer } from './http-receiver.ts'

const CONFIG = { http: { publicUrl: 'https://r.example' }, console: { name: '' }, staleMs: 0 }

/** A ledger that a writer notifies of, to a receiver. */
async function notifying(t: TestContext, answer: Answer = ok) {
  const folder = await folderFor(t)
  const receiver = await httpReceiver(t, answer)
  const parts = { config: CONFIG, destinations: [webhookDestination({ url: receiver.url, key: Buffer.alloc(32) })] }
  const clock = aContext({}).clock
  const writer = async (guard: () => void = () => undefined) => ({
    ...aContext({ ledger: await ledgerFor(t, folder), clock }),
    term: 1,
    guard,
  })
  const first = await writer()
  let runs = 0
  /** A run that ended now. */
  const ended = async (state: Run['state'] = 'failed'): Promise<Run> => {
    runs += 1
    const failure = { code: 'SOURCE_FAILED', reason: 'away', stage: 'doctors' } as const
    const run = aRun({ id: `r${runs}`, requestedAt: runs, state, finishedAt: clock.now(), failure })
    await first.ledger.save('run', run.id, run, 'new')
    return run
  }
  const keeping = (context: Awaited<ReturnType<typeof writer>>) => {
    const stopping = new AbortController()
    const kept = keepNotifying(context, parts, stopping.signal)
    return {
      stop: async () => {
        stopping.abort()
        await kept
      },
    }
  }
  const idsReceived = () => receiver.received.map(({ headers }) => headers['webhook-id'])
  const deliveries = async () =>
    (await first.ledger.read('notifications', NOTIFICATIONS))?.value.notifications.flatMap((each) => each.deliveries)
  return { receiver, clock, first, writer, ended, keeping, idsReceived, deliveries }
}

/** Resolves when an event has come so often. */
function happened(context: ReturnType<typeof aContext>, name: 'notification.delivered' | 'warning', times = 1) {
  return new Promise<void>((resolve) => {
    let seen = 0
    context.events.on(name, () => {
      seen += 1
      if (seen === times) resolve()
    })
  })
}

describe('the writer notifies', () => {
  test('of a run that failed, when it ends, and of none before notifications were configured', async (t) => {
    const { clock, first, ended, keeping, idsReceived, receiver } = await notifying(t)
    await ended()
    await clock.advance(1_000)
    const kept = keeping(first)
    await clock.untilPending(1)
    const delivered = happened(first, 'notification.delivered')
    const run = await ended()
    first.events.emit('run.ended', { run })
    await delivered
    assert.deepEqual(idsReceived(), ['run-failed_r2'])
    const { link, run: id } = JSON.parse(receiver.received[0]?.body ?? '') as { link: string; run: string }
    assert.deepEqual([link, id], ['https://r.example/console/runs/r2', 'r2'])
    await clock.untilPending(1)
    first.events.emit('run.ended', { run })
    await clock.advance(120_000)
    await kept.stop()
    assert.equal(receiver.received.length, 1)
  })

  test('once, whichever process is the writer', async (t) => {
    const { clock, first, writer, ended, keeping, idsReceived } = await notifying(t)
    const before = keeping(first)
    await clock.untilPending(1)
    const delivered = happened(first, 'notification.delivered')
    first.events.emit('run.ended', { run: await ended() })
    await delivered
    await clock.untilPending(1)
    await before.stop()
    const second = await writer()
    const after = keeping(second)
    await clock.untilPending(1)
    const again = happened(second, 'notification.delivered')
    second.events.emit('run.ended', { run: await ended() })
    await again
    await after.stop()
    assert.deepEqual(idsReceived(), ['run-failed_r1', 'run-failed_r2'])
  })

  test('after a restart, of what ended while no process ran', async (t) => {
    const { clock, first, writer, ended, keeping, idsReceived } = await notifying(t)
    const before = keeping(first)
    await clock.untilPending(1)
    await before.stop()
    await ended()
    const second = await writer()
    const delivered = happened(second, 'notification.delivered')
    const after = keeping(second)
    await delivered
    await after.stop()
    assert.deepEqual(idsReceived(), ['run-failed_r1'])
  })

  test('again later, until the receiver takes it', async (t) => {
    const { clock, first, ended, keeping, idsReceived, deliveries } = await notifying(t, failsTwice)
    const kept = keeping(first)
    await clock.untilPending(1)
    const delivered = happened(first, 'notification.delivered')
    for (const wait of [10_000, 30_000]) {
      const failed = happened(first, 'warning')
      if (wait === 10_000) first.events.emit('run.ended', { run: await ended() })
      await failed
      await clock.untilPending(1)
      const [delivery] = (await deliveries()) ?? []
      assert.deepEqual([delivery?.state, delivery?.reason], ['waiting', 'answered with status 500'])
      await clock.advance(wait)
    }
    await delivered
    await kept.stop()
    assert.deepEqual(idsReceived(), Array(3).fill('run-failed_r1'))
    assert.deepEqual(
      (await deliveries())?.map(({ state, tries }) => [state, tries]),
      [['delivered', 3]],
    )
  })

  test('a receiver that hangs, which is cut off without keeping the writer from stopping', async (t) => {
    const { clock, first, ended, keeping, receiver, deliveries } = await notifying(t, hangs)
    const kept = keeping(first)
    await clock.untilPending(1)
    const failed = happened(first, 'warning')
    first.events.emit('run.ended', { run: await ended() })
    await receiver.until(1)
    await clock.advance(10_000)
    await failed
    await clock.untilPending(1)
    assert.equal((await deliveries())?.[0]?.reason, 'no answer within 10 seconds')
    await clock.advance(10_000)
    await receiver.until(2)
    await kept.stop()
  })

  test('nothing while it is not trusted to be the writer', async (t) => {
    const { clock, writer, ended, keeping, receiver } = await notifying(t)
    const overtaken = await writer(() => {
      throw new RevalError('LEASE_EXPIRED', 'expired', { transient: true })
    })
    const kept = keeping(overtaken)
    await clock.untilPending(1)
    const refused = happened(overtaken, 'warning')
    overtaken.events.emit('run.ended', { run: await ended() })
    await refused
    await kept.stop()
    assert.equal(receiver.received.length, 0)
  })

  test('later if the ledger is away, and never rejects', async (t) => {
    const { clock, first, ended, keeping, idsReceived } = await notifying(t)
    const { ledger } = first
    let isAway = true
    const away = new RevalError('LEDGER_FAILED', 'away', { transient: true })
    const flaky = {
      ...ledger,
      read: (...asked: Parameters<typeof ledger.read>) => (isAway ? Promise.reject(away) : ledger.read(...asked)),
    }
    const failed = happened(first, 'warning')
    const kept = keeping({ ...first, ledger: flaky as typeof ledger })
    await failed
    await clock.untilPending(1)
    isAway = false
    await clock.advance(10_000)
    await clock.untilPending(1)
    const delivered = happened(first, 'notification.delivered')
    first.events.emit('run.ended', { run: await ended() })
    await delivered
    await kept.stop()
    assert.deepEqual(idsReceived(), ['run-failed_r1'])
  })
})
