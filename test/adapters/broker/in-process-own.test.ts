import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openInProcessBroker, type InProcessBrokerOptions } from '../../../src/adapters/broker/in-process/broker.ts'
import { DEFAULT_TOPOLOGY } from '../../../src/messages/topology.ts'
import type { Broker, DeadLetter, Queue } from '../../../src/ports/broker.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { Inbox, messageOf, textOf, within } from '../../contract/broker/inbox.ts'

function open(t: TestContext, options: Partial<InProcessBrokerOptions> = {}): { broker: Broker; clock: ManualClock } {
  const clock = new ManualClock()
  const broker = openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock, ...options })
  t.after(() => broker.close())
  return { broker, clock }
}

test('announcements do not pile up in queues without a consumer', async (t) => {
  const { broker } = open(t)
  for (const text of ['a', 'b']) await broker.publish('masterRowChanged', messageOf(text))
  for (const queue of ['masterRowChanged.connection', 'masterRowChanged.recommendation'] as const) {
    assert.partialDeepStrictEqual(await broker.depth(queue), { waiting: 0, unacknowledged: 0 })
  }
})

test('a message to be redelivered later counts as unacknowledged', async (t) => {
  const { broker, clock } = open(t)
  const inbox = await Inbox.open(broker, 'traineeData', 1)
  await broker.publish('traineeData', messageOf('a'))
  await (await inbox.take()).giveBack(500)
  await turn()
  assert.partialDeepStrictEqual(await broker.depth('traineeData'), { waiting: 0, unacknowledged: 1 })
  await clock.advance(499)
  assert.equal(inbox.begun.length, 1)
  await clock.advance(1)
  assert.equal(textOf(await inbox.take()), 'a')
})

test('a failed delivery is redelivered after 200 ms, doubling each time up to 5 s', async (t) => {
  const { broker, clock } = open(t)
  const pauses: number[] = []
  let last = clock.now()
  await broker.consume('traineeData', { prefetch: 1, onTrouble: () => undefined }, async (delivery) => {
    pauses.push(clock.now() - last)
    last = clock.now()
    if (delivery.deliveries <= 7) throw new Error('the receiver broke')
    await delivery.acknowledge()
  })
  await broker.publish('traineeData', messageOf('a'))
  while (pauses.length < 8) {
    await turn()
    if (clock.pending > 0) await clock.advance(100)
  }
  assert.deepEqual(pauses, [0, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
})

test("a delivery starts in its own turn, never inside the sender's call", async (t) => {
  const { broker } = open(t)
  const inbox = await Inbox.open(broker, 'traineeData')
  await broker.publish('traineeData', messageOf('a'))
  assert.equal(inbox.begun.length, 0)
  await inbox.take()
})

test('deliveries of a message are counted', async (t) => {
  const { broker } = open(t)
  const inbox = await Inbox.open(broker, 'traineeData', 1)
  await broker.publish('traineeData', messageOf('a'))
  for (let count = 1; count <= 3; count++) {
    const delivery = await inbox.take()
    assert.equal(delivery.deliveries, count)
    await delivery.giveBack()
  }
})

test('the oldest dead letters are dropped for newer ones, with a report', async (t) => {
  const dropped: [Queue, DeadLetter][] = []
  const { broker } = open(t, {
    deadLetterLimit: { messages: 2, bytes: 20 },
    onDeadLetterDropped: (queue, letter) => dropped.push([queue, letter]),
  })
  const inbox = await Inbox.open(broker, 'traineeData', 1)
  const bury = async (text: string) => {
    await broker.publish('traineeData', messageOf(text))
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', `about ${text.slice(0, 1)}`)
    return (await broker.deadLetters('traineeData', 9)).map(({ reason }) => reason)
  }
  assert.deepEqual(await bury('a'), ['about a'])
  assert.deepEqual(await bury('b'), ['about a', 'about b'])
  assert.deepEqual(await bury('c'), ['about b', 'about c'])
  assert.deepEqual(await bury('d'.repeat(100)), ['about d'])
  assert.deepEqual(
    dropped.map(([queue, { reason }]) => [queue, reason]),
    [
      ['traineeData', 'about a'],
      ['traineeData', 'about b'],
      ['traineeData', 'about c'],
    ],
  )
})

test('what another broker could not carry is rejected', async (t) => {
  const { broker } = open(t)
  const tooMany = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, 'x']))
  for (const attributes of [tooMany, { a_b: 'x' }, { '': 'x' }, { a: '' }]) {
    await assert.rejects(broker.publish('traineeData', messageOf('a', attributes)), { code: 'INTERNAL' })
  }
  for (const prefetch of [0, -1, 1.5, Number.NaN]) {
    await assert.rejects(Inbox.open(broker, 'traineeData', prefetch), { code: 'INTERNAL' })
  }
})

test('ending a delivery after its consumer stopped is rejected: the message goes to another', async (t) => {
  const { broker } = open(t)
  await broker.publish('traineeData', messageOf('a'))
  const first = await Inbox.open(broker, 'traineeData')
  const delivery = await first.take()
  await first.consumer.stop()
  await assert.rejects(delivery.acknowledge(), { code: 'BROKER_FAILED' })
  assert.equal(textOf(await (await Inbox.open(broker, 'traineeData')).take()), 'a')
})

test('a consumer stopped before the turn of a message does not start it; the message waits', async (t) => {
  const { broker } = open(t)
  const inbox = await Inbox.open(broker, 'traineeData')
  await broker.publish('traineeData', messageOf('a'))
  await inbox.consumer.stop()
  await turn()
  assert.equal(inbox.begun.length, 0)
  assert.partialDeepStrictEqual(await broker.depth('traineeData'), { waiting: 1, unacknowledged: 0 })
  assert.equal((await (await Inbox.open(broker, 'traineeData')).take()).deliveries, 1)
})

test('closing ends delayed redeliveries', async (t) => {
  const { broker, clock } = open(t)
  await broker.publish('traineeData', messageOf('a'))
  await (await (await Inbox.open(broker, 'traineeData')).take()).giveBack(60_000)
  assert.equal(clock.pending, 1)
  await broker.close()
  assert.equal(clock.pending, 0)
})

test('without a listener for dropped dead letters, the process warns', async (t) => {
  const { broker } = open(t, { deadLetterLimit: { messages: 1 } })
  const inbox = await Inbox.open(broker, 'traineeData', 1)
  const warned = once(process, 'warning')
  for (const text of ['a', 'b']) {
    await broker.publish('traineeData', messageOf(text))
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', `about ${text}`)
  }
  const warnings: unknown[] = await within(warned, 'a warning')
  assert.match(String(warnings[0]), /dead letter of traineeData .* MESSAGE_INVALID: about a$/)
})
