import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { AsyncMessage, Connection, Envelope } from 'rabbitmq-client'
import { queueVariable } from '../../../src/adapters/broker/topology.ts'
import type { RabbitmqBrokerOptions } from '../../../src/adapters/broker/rabbitmq/broker.ts'
import { openRabbitmqBroker } from '../../../src/adapters/broker/rabbitmq/open.ts'
import { TOPOLOGY_SETTINGS } from '../../../src/config/topology-settings.ts'
import type { Topology } from '../../../src/messages/topology.ts'
import { QUEUES, type Broker } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf, within } from '../../contract/broker/inbox.ts'
import { declareAsJavaDoes, foreignClient, namespace, removeAll, settingsOf } from './rabbitmq-place.ts'

const QUEUE = 'traineeData'
const KEY = 'reval.connection.syncdata'

function open(t: TestContext, topology: Topology, options: Partial<RabbitmqBrokerOptions> = {}): Promise<Broker> {
  const opening = openRabbitmqBroker({
    settings: settingsOf(),
    topology,
    queues: 'declare',
    ...options,
  })
  t.after(async () => {
    await (await opening).close()
    await removeAll(topology)
  })
  return opening
}

/** A message as it is on the wire; its body as bytes where it says its encoding. */
async function firstMessage(client: Connection, queue: string): Promise<AsyncMessage> {
  const channel = await client.acquire()
  const { promise, resolve } = Promise.withResolvers<AsyncMessage>()
  await channel.basicConsume({ queue, noAck: true }, resolve)
  try {
    return await within(promise, `a message in ${queue}`)
  } finally {
    await channel.close()
  }
}

/** Takes messages without asking to be the only one, until what it gives is called, or the test ends. */
async function foreignConsumer(
  t: TestContext,
  queue: string,
  take: (message: AsyncMessage) => unknown,
): Promise<() => Promise<void>> {
  const client = foreignClient()
  const channel = await client.acquire()
  const stop = async () => {
    await channel.close()
    await client.close()
  }
  t.after(stop)
  await channel.basicConsume({ queue, noAck: true }, (message) => void take(message))
  return stop
}

async function sendForeign(envelope: Envelope, body: string): Promise<void> {
  await using client = foreignClient()
  const channel = await client.acquire()
  await channel.confirmSelect()
  await channel.basicPublish(envelope, Buffer.from(body))
  await channel.close()
}

test('another program gets the bytes that were sent, with the properties that a Java service needs', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  await broker.publish('syncStart', { body: new TextEncoder().encode('"syncStart"'), attributes: { run: '7' } })
  await using client = foreignClient()
  const message = await firstMessage(client, topology.queues.syncStart)
  assert.equal(String(message.body), '"syncStart"')
  assert.equal(message.contentType, 'application/json')
  assert.equal(message.contentEncoding, 'UTF-8')
  assert.equal(message.durable, true)
  assert.equal(message.priority, 0)
  assert.deepEqual(message.headers, { run: '7' })
})

test('an announcement declares no queue, and reaches those that others bound', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  await broker.publish('masterRowChanged', messageOf('dropped'))
  await using client = foreignClient()
  const names = Object.values(topology.queues)
  for (const name of names) await assert.rejects(client.queueDeclare({ queue: name, passive: true }), /NOT_FOUND/)
  await declareAsJavaDoes(topology)
  await broker.publish('masterRowChanged', messageOf('taken'))
  const message = await firstMessage(client, topology.queues['masterRowChanged.connection'])
  assert.deepEqual(
    [String(message.body), message.contentType, message.contentEncoding, message.durable, message.priority],
    ['"taken"', 'application/json', 'UTF-8', true, 0],
  )
})

test('what a Java service sends is taken as it comes', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  const inbox = await Inbox.open(broker, QUEUE)
  const body = '{"tcsPersonId" : 12345678901234567890, "doctorFirstName":"Zoë"}'
  const java = {
    contentType: 'application/json',
    contentEncoding: 'UTF-8',
    durable: true,
    priority: 0,
    headers: { __TypeId__: 'java.lang.String' },
  }
  // The client reads JSON that says no encoding; nothing that we know of sends such messages.
  const read = '{"tcsPersonId":12345678901234567000,"doctorFirstName":"Zoë"}'
  const envelopes = [
    [java, body],
    [{ contentType: 'application/json' }, read],
    [{ contentType: 'text/plain' }, body],
    [{}, body],
  ] as const
  for (const [envelope, received] of envelopes) {
    await sendForeign({ ...envelope, exchange: topology.exchange, routingKey: KEY }, body)
    const delivery = await inbox.take()
    assert.equal(Buffer.from(delivery.body).toString(), received)
    assert.deepEqual(delivery.attributes, {})
    assert.equal(delivery.deliveries, 1)
    await delivery.acknowledge()
  }
})

test('headers that are numbers and truths become text; others are passed over', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  const inbox = await Inbox.open(broker, QUEUE)
  const headers = { rows: 500, share: 0.5, last: true, none: null, table: { a: 1 }, list: [1], empty: '', run: 'r' }
  await sendForeign({ exchange: topology.exchange, routingKey: KEY, headers }, '{}')
  assert.deepEqual((await inbox.take()).attributes, { rows: '500', share: '0.5', last: 'true', run: 'r' })
})

test('a message that is put aside keeps what its sender wrote, and code and reason beside it', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  const inbox = await Inbox.open(broker, QUEUE)
  const headers = { __TypeId__: 'a.b.C', CC: ['elsewhere'], run: '7' }
  const envelope = { contentType: 'application/json', contentEncoding: 'UTF-8', correlationId: 'c', headers }
  await sendForeign({ ...envelope, exchange: topology.exchange, routingKey: KEY }, '[1, 2]')
  const delivery = await inbox.take()
  await delivery.deadLetter('MESSAGE_INVALID', 'x'.repeat(100_000))
  await using client = foreignClient()
  const letter = await firstMessage(client, `${topology.queues[QUEUE]}.dlq`)
  assert.equal(String(letter.body), '[1, 2]')
  assert.deepEqual(
    [letter.contentType, letter.contentEncoding, letter.correlationId],
    ['application/json', 'UTF-8', 'c'],
  )
  const { 'x-reval-at': at, ...others } = letter.headers ?? {}
  assert.ok(Math.abs(Date.now() - Number(at)) < 60_000)
  assert.deepEqual(others, {
    __TypeId__: 'a.b.C',
    run: '7',
    'x-reval-code': 'MESSAGE_INVALID',
    'x-reval-reason': 'x'.repeat(2_000),
  })
})

test('dead letters keep their order, however many are read, and though some are removed', async (t) => {
  const broker = await open(t, namespace())
  const inbox = await Inbox.open(broker, QUEUE, 1)
  const texts = Array.from({ length: 50 }, (_, index) => `${index}`)
  for (const text of texts) {
    await broker.publish(QUEUE, messageOf(text))
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', text)
  }
  const textsOf = async (limit: number) => (await broker.deadLetters(QUEUE, limit)).map(textOf)
  const letters = await broker.deadLetters(QUEUE, 100)
  assert.deepEqual(letters.map(textOf), texts)
  assert.deepEqual(await textsOf(3), ['0', '1', '2'])
  const last = letters.at(-1)
  assert.ok(last)
  assert.equal(await broker.removeDeadLetters(QUEUE, [last.id]), 1)
  for (const limit of [3, 40, 3, 100, 3]) assert.deepEqual(await textsOf(limit), texts.slice(0, Math.min(limit, 49)))
})

test('the deliveries of a message are counted, also those after it was given back for a while', async (t) => {
  const broker = await open(t, namespace())
  const inbox = await Inbox.open(broker, QUEUE)
  await broker.publish(QUEUE, messageOf('a', { run: '7' }))
  for (const [index, delay] of [0, 20, 0, 20, 20].entries()) {
    const delivery = await inbox.take()
    assert.equal(delivery.deliveries, index + 1)
    assert.deepEqual(delivery.attributes, { run: '7' })
    await delivery.giveBack(delay)
  }
})

test('a message that is given back too often is put aside, and says so', async (t) => {
  const broker = await open(t, namespace(), { settings: settingsOf({ rabbitmqDeliveryLimit: 2 }) })
  const inbox = await Inbox.open(broker, QUEUE)
  await broker.publish(QUEUE, messageOf('heavy'))
  for (const delay of [10, 0, 0]) await (await inbox.take()).giveBack(delay)
  const letters = await eventually(
    () => broker.deadLetters(QUEUE, 10),
    ({ length }) => length === 1,
  )
  assert.deepEqual(
    letters.map((letter) => [textOf(letter), letter.attributes, letter.code]),
    [['heavy', {}, 'MESSAGE_HANDLER_FAILED']],
  )
  assert.match(letters[0]?.reason ?? '', /delivery limit/)
})

test('a queue that differs is named, with what differs; it is taken as it is when that is set', async (t) => {
  const topology = namespace()
  await declareAsJavaDoes(topology)
  const declaring = await open(t, topology)
  for (const using of [declaring.publish(QUEUE, messageOf('a')), Inbox.open(declaring, QUEUE)]) {
    await assert.rejects(using, (error: Error & { code?: string }) => {
      assert.equal(error.code, 'QUEUE_DIFFERS')
      assert.match(error.message, /traineeData|syncdata/)
      assert.match(error.message, /inequivalent arg '.+' .*REVAL_QUEUES=passive/)
      return true
    })
  }
  const passive = await open(t, topology, { queues: 'passive' })
  await passive.publish(QUEUE, messageOf('a'))
  assert.equal(textOf(await (await Inbox.open(passive, QUEUE)).take()), 'a')
})

test('a message that kills its consumers is put aside by RabbitMQ itself', async (t) => {
  const broker = await open(t, namespace(), { settings: settingsOf({ rabbitmqDeliveryLimit: 2 }) })
  await broker.publish(QUEUE, messageOf('heavy'))
  for (let delivery = 0; delivery < 3; delivery++) {
    const inbox = await Inbox.open(broker, QUEUE)
    await inbox.take()
    await inbox.consumer.stop()
  }
  const letters = await eventually(
    () => broker.deadLetters(QUEUE, 10),
    ({ length }) => length === 1,
  )
  assert.deepEqual(letters.map(textOf), ['heavy'])
  assert.match(letters[0]?.reason ?? '', /moved here by RabbitMQ: delivery limit/)
})

test('a quorum queue of the writer keeps out even those who do not ask, until the writer is gone', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  const inbox = await Inbox.open(broker, QUEUE, 2, true)
  const foreign: unknown[] = []
  await foreignConsumer(t, topology.queues[QUEUE], ({ body }) => foreign.push(JSON.parse(String(body))))
  for (const text of ['a', 'b', 'c', 'd']) await broker.publish(QUEUE, messageOf(text))
  await (await inbox.take()).acknowledge()
  assert.equal(textOf(await inbox.take()), 'b')
  assert.equal(textOf(await inbox.take()), 'c')
  assert.deepEqual(foreign, [])
  await inbox.consumer.stop()
  await eventually(
    async () => foreign.length,
    (length) => length === 3,
  )
  assert.deepEqual(foreign, ['b', 'c', 'd'])
})

test("a consumer on a Java service's queue has to end before the writer begins, and none begins beside it", async (t) => {
  const topology = namespace()
  await declareAsJavaDoes(topology)
  const broker = await open(t, topology, { queues: 'passive' })
  const taken = { code: 'BROKER_FAILED', transient: true }
  const stopForeign = await foreignConsumer(t, topology.queues[QUEUE], () => undefined)
  await assert.rejects(Inbox.open(broker, QUEUE, 1, true), taken)
  await stopForeign()
  await Inbox.open(broker, QUEUE, 1, true)
  await assert.rejects(Inbox.open(broker, QUEUE), { ...taken, message: /in exclusive use/ })
})

test('a queue or exchange that is missing is named with its setting, where nothing may be declared', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology, { queues: 'passive' })
  const missing = (pattern: RegExp) => (error: Error & { code?: string }) => {
    assert.equal(error.code, 'QUEUE_MISSING')
    assert.match(error.message, pattern)
    return true
  }
  await assert.rejects(broker.publish(QUEUE, messageOf('a')), missing(/reval\.exchange .*REVAL_EXCHANGE/))
  await using client = foreignClient()
  await client.exchangeDeclare({ exchange: topology.exchange, type: 'direct', durable: true })
  const pattern = /syncdata .*REVAL_QUEUE_TRAINEE_DATA/
  await assert.rejects(broker.publish(QUEUE, messageOf('a')), missing(pattern))
  await assert.rejects(Inbox.open(broker, QUEUE), missing(pattern))
  await assert.rejects(broker.depth(QUEUE), missing(pattern))
  // It is looked for again: what was created meanwhile is found.
  await declareAsJavaDoes(topology)
  await broker.publish(QUEUE, messageOf('a'))
})

test('a queue that is deleted interrupts its consumer, which declares it again and goes on', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  const inbox = await Inbox.open(broker, QUEUE)
  await using client = foreignClient()
  await client.queueDelete({ queue: topology.queues[QUEUE] })
  await eventually(
    async () => inbox.troubles.length,
    (length) => length > 0,
  )
  await broker.publish(QUEUE, messageOf('a'))
  await (await inbox.take()).acknowledge()
  assert.equal(inbox.troubles.length, 1)
})

test('a message that no queue takes is refused, and the next one finds its queue again', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  await broker.publish(QUEUE, messageOf('a'))
  await using client = foreignClient()
  await client.queueUnbind({ queue: topology.queues[QUEUE], exchange: topology.exchange, routingKey: KEY })
  await assert.rejects(broker.publish(QUEUE, messageOf('b')), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'BROKER_FAILED')
    assert.match(error.message, /reval\.exchange with key reval\.connection\.syncdata/)
    return true
  })
  await broker.publish(QUEUE, messageOf('c'))
  assert.deepEqual((await (await Inbox.open(broker, QUEUE)).takeAll(2)).map(textOf), ['a', 'c'])
})

test('an exchange that is deleted is missed once, and declared again', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  await broker.publish(QUEUE, messageOf('a'))
  await using client = foreignClient()
  await client.exchangeDelete({ exchange: topology.exchange })
  await assert.rejects(broker.publish(QUEUE, messageOf('b')), { code: 'BROKER_FAILED' })
  await broker.publish(QUEUE, messageOf('c'))
  assert.deepEqual((await (await Inbox.open(broker, QUEUE)).takeAll(2)).map(textOf), ['a', 'c'])
})

test('a message that cannot be put aside is redelivered after a pause', async (t) => {
  const topology = namespace()
  await declareAsJavaDoes(topology)
  await using client = foreignClient()
  const full = { 'x-max-length': 0, 'x-overflow': 'reject-publish' } as const
  await client.queueDeclare({ queue: `${topology.queues[QUEUE]}.dlq`, durable: true, arguments: full })
  const broker = await open(t, topology, { queues: 'passive' })
  const inbox = await Inbox.open(broker, QUEUE)
  await broker.publish(QUEUE, messageOf('heavy'))
  const begin = performance.now()
  await assert.rejects((await inbox.take()).deadLetter('MESSAGE_INVALID', 'no doctor'), { code: 'BROKER_FAILED' })
  assert.equal(textOf(await inbox.take()), 'heavy')
  assert.ok(performance.now() - begin > 500)
})

test('only what is used is declared', async (t) => {
  const topology = namespace()
  const broker = await open(t, topology)
  await broker.publish('syncStart', messageOf('a'))
  await using client = foreignClient()
  await client.queueDeclare({ queue: topology.queues.syncStart, passive: true })
  await assert.rejects(client.queueDeclare({ queue: topology.queues[QUEUE], passive: true }), { code: 'NOT_FOUND' })
})

test('routes and queues without a key are not carried', async (t) => {
  const broker = await open(t, namespace())
  await assert.rejects(broker.publish('doctorData', messageOf('a')), { code: 'INTERNAL' })
  await assert.rejects(Inbox.open(broker, 'doctorData'), { code: 'INTERNAL' })
  await assert.rejects(broker.depth('doctorData'), { code: 'INTERNAL' })
  for (const prefetch of [0, -1, 1.5, Number.NaN, 65_536]) {
    await assert.rejects(Inbox.open(broker, QUEUE, prefetch), { code: 'INTERNAL' })
  }
})

test('an end after the consumer was stopped is refused: the message is on its way to another', async (t) => {
  const broker = await open(t, namespace())
  await broker.publish(QUEUE, messageOf('a'))
  const first = await Inbox.open(broker, QUEUE)
  const delivery = await first.take()
  await first.consumer.stop()
  await assert.rejects(delivery.acknowledge(), { code: 'BROKER_FAILED' })
  assert.equal(textOf(await (await Inbox.open(broker, QUEUE)).take()), 'a')
})

test('the settings that are named for queues are those that there are', () => {
  const settings: Readonly<Record<string, { variable: string; fallback: string }>> = TOPOLOGY_SETTINGS
  const variables = new Set(Object.values(settings).map(({ variable }) => variable))
  for (const queue of QUEUES) assert.ok(variables.has(queueVariable(queue)), queueVariable(queue))
})
