import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { decodeMasterRows } from '../../../src/messages/master-row.ts'
import { CHANNELS, type Channel } from '../../../src/ports/changes.ts'
import { eventually, Inbox } from '../../contract/broker/inbox.ts'
import { Gate } from '../../faults/gate.ts'
import { changing, doctorOf, traineeOf } from './changing.ts'

const AWAY = new RevalError('SOURCE_FAILED', 'the source is away', { transient: true })
const LEFT = { waiting: 0, unacknowledged: 0 }

describe('live changes', () => {
  test('that arrive while a batch is refreshed form the next: of all channels, each key once, acknowledged', async (t) => {
    const gate = new Gate()
    const place = await changing(t, { recommendations: { a1: '7000003' }, gate })
    const { send, start, log, refreshes, causes, journal, broker } = place
    start()
    await send('traineeChanged', traineeOf(99))
    await gate.reached
    for (let hint = 1; hint <= 20; hint += 1) await send('traineeChanged', traineeOf(7))
    await send('traineeChanged', [traineeOf(1), traineeOf(2), traineeOf(1)])
    await send('doctorChanged', doctorOf('7000001'))
    await send('doctorChanged', doctorOf('UNKNOWN'))
    await send('doctorChanged', doctorOf('7000003'))
    await send('recommendationChanged', { operationType: 'delete', documentKey: { _id: 'a1' } })
    const held = async () => {
      const depths = await Promise.all(CHANNELS.map((channel) => broker.depth(channel)))
      return depths.reduce((sum, { unacknowledged }) => sum + unacknowledged, 0)
    }
    await eventually(held, (messages) => messages === 26)
    gate.open()
    await log.until('refreshed 25 messages, 6 keys')
    assert.deepEqual(refreshes[0], 'g-1 2026-06-01: person 99')
    const keys = (refreshes[1] ?? '').replace('g-1 2026-06-01: ', '').split(', ').sort()
    assert.deepEqual(keys, ['document UNKNOWN', 'number 7000001', 'number 7000003', 'person 1', 'person 2', 'person 7'])
    assert.deepEqual(journal.slice(1).sort(), keys)
    assert.deepEqual(causes.slice(1).sort(), [
      'document UNKNOWN: doctorChanged',
      'number 7000001: doctorChanged',
      'number 7000003: doctorChanged, recommendationChanged',
      'person 1: traineeChanged',
      'person 2: traineeChanged',
      'person 7: traineeChanged',
    ])
    assert.equal(await held(), 0)
  })

  test('are refreshed in all kept generations, each for its own day', async (t) => {
    const installation = {
      previous: { generation: 'g-2', run: 'run-2' },
      heldBack: { generation: 'g-3', run: 'run-3' },
    }
    const { send, start, log, refreshes } = await changing(t, { installation })
    await send('traineeChanged', traineeOf(1))
    start()
    await log.until('refreshed 1 messages, 1 keys')
    assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1', 'g-2 2026-06-02: person 1', 'g-3 2026-06-03: person 1'])
  })
})

describe('a message that cannot be done goes to the dead letters, and the next is handled:', () => {
  const BAD: readonly (readonly [what: string, channel: Channel, body: unknown, code: string])[] = [
    ['not JSON', 'doctorChanged', '{"operationType":', 'MESSAGE_NOT_JSON'],
    ['another shape', 'doctorChanged', 17, 'MESSAGE_INVALID'],
    ['an empty array', 'traineeChanged', [], 'MESSAGE_INVALID'],
    ['a change that names nobody', 'doctorChanged', { operationType: 'replace' }, 'CHANGE_KEY_MISSING'],
    ['a trainee without an id', 'traineeChanged', { surname: 'Khan' }, 'CHANGE_KEY_MISSING'],
    ['a key that is no number', 'traineeChanged', { tcsPersonId: 'abc' }, 'MESSAGE_INVALID'],
    ['a megabyte', 'doctorChanged', 'x'.repeat(1_000_000), 'MESSAGE_NOT_JSON'],
    ['a whole collection', 'doctorChanged', { operationType: 'drop' }, 'CHANGE_OF_COLLECTION'],
    [
      'a recommendation that is gone',
      'recommendationChanged',
      { operationType: 'delete', documentKey: { _id: 'gone' } },
      'CHANGE_KEY_MISSING',
    ],
  ]
  for (const [what, channel, body, code] of BAD) {
    test(what, async (t) => {
      const { send, start, log, broker, refreshes, report } = await changing(t)
      start()
      await send(channel, body)
      await log.until(`dead letter of ${channel}: ${code}`)
      await send('traineeChanged', traineeOf(1))
      await log.until('refreshed 1 messages, 1 keys')
      assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1'])
      const letters = await broker.deadLetters(channel, 10)
      assert.deepEqual(
        letters.map((letter) => letter.code),
        [code],
      )
      assert.ok(report)
    })
  }

  test('an unknown operation: its doctor is refreshed, and the message put aside', async (t) => {
    const { send, start, log, refreshes } = await changing(t)
    start()
    await send('doctorChanged', { operationType: 'reshard', fullDocument: { _id: '7000001' } })
    await log.until('dead letter of doctorChanged: MESSAGE_INVALID')
    assert.deepEqual(refreshes, ['g-1 2026-06-01: number 7000001'])
  })

  test('one whose refresh fails for a reason of its own', async (t) => {
    const ofSources = (keys: readonly string[]) =>
      keys.includes('person 13') ? new RevalError('INTERNAL', 'an unexpected person') : null
    const { send, start, log, broker } = await changing(t, { ofSources })
    for (const id of [11, 12, 13, 14]) await send('traineeChanged', traineeOf(id))
    start()
    await log.until('dead letter of traineeChanged: INTERNAL')
    await eventually(
      () => broker.depth('traineeChanged'),
      ({ unacknowledged }) => unacknowledged === 0,
    )
    assert.equal((await broker.deadLetters('traineeChanged', 10)).length, 1)
  })
})

describe('while something is away', () => {
  test('messages are held and tried again, and nothing is lost', async (t) => {
    let isAway = true
    const { send, start, log, broker, clock, refreshes } = await changing(t, {
      ofSources: () => (isAway ? AWAY : null),
    })
    await send('traineeChanged', traineeOf(1))
    start()
    for (let tries = 1; tries <= 3; tries += 1) {
      await log.until('warning: refreshing changes: SOURCE_FAILED', tries)
      assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), { waiting: 0, unacknowledged: 1 })
      await clock.advance(5_000)
    }
    isAway = false
    await clock.advance(5_000)
    await log.until('refreshed 1 messages, 1 keys')
    assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1'])
    assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), LEFT)
  })

  for (const code of ['DISK_FULL', 'SOURCE_MISSING', 'STORE_FAILED'] as const) {
    test(`${code} never puts a message aside, although it does not pass by itself`, async (t) => {
      let isBroken = true
      const ofSources = () => (isBroken ? new RevalError(code, 'broken') : null)
      const { send, start, log, clock, broker } = await changing(t, { ofSources })
      await send('traineeChanged', [traineeOf(1), traineeOf(2)])
      start()
      await log.until(`warning: refreshing changes: ${code}`)
      await clock.advance(60_000)
      isBroken = false
      await clock.advance(5_000)
      await log.until('refreshed 1 messages, 2 keys')
      assert.deepEqual(await broker.deadLetters('traineeChanged', 10), [])
    })
  }

  test('a stop works at once, and the messages are delivered again', async (t) => {
    const { send, start, log, broker } = await changing(t, { ofSources: () => AWAY })
    await send('traineeChanged', traineeOf(1))
    const { stop } = start()
    await log.until('warning: refreshing changes: SOURCE_FAILED')
    await stop()
    assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), { waiting: 1, unacknowledged: 0 })
  })

  test('a stop does not wait for ever for a source that does not answer', async (t) => {
    const gate = new Gate()
    const { send, start, clock, broker, log } = await changing(t, { gate })
    await send('traineeChanged', traineeOf(1))
    const { stop } = start()
    await gate.reached
    const stopped = stop()
    await clock.advance(5_000)
    await stopped
    assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), { waiting: 1, unacknowledged: 0 })
    gate.open()
    await log.until('refreshed 1 messages, 1 keys')
    assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), { waiting: 1, unacknowledged: 0 })
  })

  test('a channel without a queue is tried again, and the others are consumed', async (t) => {
    let isMissing = true
    const { send, start, log, clock } = await changing(t, {
      broker: {
        consume: (own) => (queue, options, handler) => {
          if (!isMissing || queue !== 'doctorChanged') return own(queue, options, handler)
          return Promise.reject(new RevalError('QUEUE_MISSING', 'no such queue'))
        },
      },
    })
    start()
    await log.until('warning: consuming doctorChanged: QUEUE_MISSING')
    await send('traineeChanged', traineeOf(1))
    await log.until('refreshed 1 messages, 1 keys')
    isMissing = false
    await send('doctorChanged', doctorOf('7000001'))
    await clock.advance(5_000)
    await log.until('refreshed 1 messages, 1 keys', 2)
  })

  test('an error that ends the term ends the loop', async (t) => {
    const { send, start } = await changing(t, { ofSources: () => new RevalError('WRITER_LOST', 'it is over') })
    await send('traineeChanged', traineeOf(1))
    await assert.rejects(start().running, { code: 'WRITER_LOST' })
  })
})

describe('from a source that lags', () => {
  test('a key is refreshed a second time after the lag, and acknowledged only then', async (t) => {
    const { send, start, log, broker, clock, refreshes } = await changing(t, { settings: { sourceLagMs: 30_000 } })
    await send('traineeChanged', traineeOf(1))
    start()
    await log.until('refreshed 1 messages, 1 keys')
    assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), { waiting: 0, unacknowledged: 1 })
    await clock.advance(29_000)
    assert.equal(refreshes.length, 1)
    await clock.advance(1_000)
    await log.until('refreshed 1 messages, 1 keys', 2)
    assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1', 'g-1 2026-06-01: person 1'])
    assert.partialDeepStrictEqual(await broker.depth('traineeChanged'), LEFT)
  })
})

test('tables are mended for messages that an earlier writer may have begun with: delivered again, or sent when it worked', async (t) => {
  const { send, start, log, broker, clock, mended } = await changing(t)
  await send('traineeChanged', traineeOf(1))
  await send('doctorChanged', doctorOf('7000002'))
  const first = await Inbox.open(broker, 'doctorChanged')
  await first.take()
  start()
  await log.until('refreshed 1 messages, 1 keys')
  assert.deepEqual(mended, ['person 1'])
  await clock.advance(60_000)
  await send('traineeChanged', traineeOf(3))
  await log.until('refreshed 1 messages, 1 keys', 2)
  assert.deepEqual(mended, ['person 1'])
  await first.consumer.stop()
  await log.until('refreshed 1 messages, 1 keys', 3)
  assert.deepEqual(mended, ['person 1', 'number 7000002'])
})

describe('changed master rows are announced', () => {
  const namesIn = async (inbox: Inbox, count: number) => {
    const ids: string[] = []
    for (let taken = 0; taken < count; taken += 1) {
      const delivery = await inbox.take()
      ids.push(...decodeMasterRows(delivery.body).rows.map(({ value }) => value.id))
      await delivery.acknowledge()
    }
    return ids.sort()
  }

  test('once for each row that changed, one in a message', async (t) => {
    const { send, start, log, broker } = await changing(t)
    const inbox = await Inbox.open(broker, 'masterRowChanged.connection')
    start()
    await send('traineeChanged', [traineeOf(1), traineeOf(2)])
    assert.deepEqual(await namesIn(inbox, 2), ['tcs-1', 'tcs-2'])
    await send('traineeChanged', [traineeOf(1), traineeOf(3)])
    assert.deepEqual(await namesIn(inbox, 1), ['tcs-3'])
    await log.until('refreshed 1 messages, 2 keys', 2)
  })

  test('again for a message that is delivered again: the writer may have died before it announced them', async (t) => {
    const { send, start, log, broker } = await changing(t)
    await send('traineeChanged', traineeOf(1))
    const first = await Inbox.open(broker, 'traineeChanged')
    await first.take()
    await first.consumer.stop()
    const inbox = await Inbox.open(broker, 'masterRowChanged.connection')
    start()
    await log.until('refreshed 1 messages, 1 keys')
    await send('traineeChanged', traineeOf(1))
    await log.until('refreshed 1 messages, 1 keys', 2)
    assert.deepEqual(await namesIn(inbox, 1), ['tcs-1'])
  })

  test('in the end, although the broker refused them for a while', async (t) => {
    let refuses = 2
    const { send, start, log, broker, clock } = await changing(t, {
      broker: {
        publish: (own) => async (route, message, signal) => {
          refuses -= 1
          if (refuses >= 0) throw new RevalError('BROKER_FAILED', 'not now', { transient: true })
          await own(route, message, signal)
        },
      },
    })
    const inbox = await Inbox.open(broker, 'masterRowChanged.connection')
    await send('traineeChanged', traineeOf(1))
    start()
    await log.until('warning: refreshing changes: BROKER_FAILED')
    await clock.advance(5_000)
    await log.until('warning: refreshing changes: BROKER_FAILED', 2)
    await clock.advance(5_000)
    await log.until('refreshed 1 messages, 1 keys')
    assert.deepEqual(await namesIn(inbox, 1), ['tcs-1'])
  })
})
