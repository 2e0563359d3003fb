import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { Inbox, messageOf, textOf, within } from '../../contract/broker/inbox.ts'
import { settingsOf, SqsPlace } from './sqs-place.ts'
import { SqsProxy, type Call } from './sqs-proxy.ts'

interface Scope {
  after(clean: () => Promise<void>): unknown
}

function place(t: Scope): SqsPlace {
  const made = new SqsPlace()
  t.after(() => made.dispose())
  return made
}

async function createQueue(here: SqsPlace, name = here.name, attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl } = await here.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))
  assert.ok(QueueUrl)
  return QueueUrl
}

async function urlOf(here: SqsPlace, name = here.name): Promise<string | undefined> {
  return (await here.client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl
}

/** The sizes of the messages of a batch, as SQS counts them. */
function sizesOf({ body }: Call): readonly number[] {
  const entries = (body.Entries ?? []) as {
    MessageBody: string
    MessageAttributes: Record<string, { DataType: string; StringValue: string }>
  }[]
  return entries.map(({ MessageBody, MessageAttributes }) => {
    const attributes = Object.entries(MessageAttributes).flatMap(([name, { DataType, StringValue }]) => [
      name,
      DataType,
      StringValue,
    ])
    return [MessageBody, ...attributes].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  })
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

describe('sending to SQS', () => {
  test('batches have up to ten messages, and never more bytes than SQS takes', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const limit = 262_144
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint, sqsBatchBytes: limit }) })
    // Ten of the middle ones are as long as the limit without their attributes, and longer with them.
    const lengths = [...Array<number>(40).fill(600), ...Array<number>(20).fill(limit / 10), 200_000, 100_000, 60_000]
    await Promise.all(
      lengths.map((length, index) =>
        broker.publish('doctorData', messageOf('x'.repeat(length - 2), { 'reval-sequence': `${index}` })),
      ),
    )
    const batches = proxy.of('SendMessageBatch').map(sizesOf)
    assert.equal(sum(batches.map(({ length }) => length)), lengths.length)
    for (const sizes of batches) assert.ok(sizes.length <= 10 && sum(sizes) <= limit, sizes.join())
    assert.ok(batches.length <= 14, `${batches.length} batches`)
    assert.deepEqual(await broker.depth('doctorData'), { waiting: lengths.length, unended: 0 })
  })

  test('a message that is too long is refused and names the settings; the next one goes', async (t) => {
    const here = place(t)
    const broker = await here.open({ settings: settingsOf({ sqsBatchBytes: 10_000 }) })
    const tooLong = broker.publish('doctorData', messageOf('x'.repeat(9_990)))
    await assert.rejects(tooLong, {
      code: 'BROKER_FAILED',
      message: /REVAL_SQS_BATCH_BYTES=10000.*REVAL_MESSAGE_BYTES/,
    })
    await broker.publish('doctorData', messageOf('x'.repeat(9_900)))
  })

  /** Lets SQS see all entries of the first batch but one, which is answered with this fault. */
  function refuseOne(proxy: SqsProxy, index: number, fault: { readonly SenderFault: boolean; readonly Code: string }) {
    let refused = false
    proxy.onCall = (call) => {
      if (refused || call.action !== 'SendMessageBatch' || (call.body.Entries?.length ?? 0) <= index) return null
      refused = true
      call.body.Entries?.splice(index, 1)
      proxy.onAnswer = (answered, { body }) => {
        if (answered === call) body.Failed = [{ Id: String(index), Message: 'refused for a test', ...fault }]
      }
      return null
    }
  }

  test('an entry that fails by the fault of the server is sent again', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    refuseOne(proxy, 1, { SenderFault: false, Code: 'InternalError' })
    await Promise.all(['a', 'b', 'c'].map((text) => broker.publish('doctorData', messageOf(text))))
    assert.deepEqual(
      proxy.of('SendMessageBatch').map((call) => sizesOf(call).length),
      [2, 1],
    )
    const inbox = await Inbox.open(broker, 'doctorData')
    assert.deepEqual(new Set((await inbox.takeAll(3)).map(textOf)), new Set(['a', 'b', 'c']))
  })

  test('an entry that fails by its own fault rejects alone, and is not sent again', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    refuseOne(proxy, 1, { SenderFault: true, Code: 'InvalidMessageContents' })
    const sent = await Promise.allSettled(['a', 'b', 'c'].map((text) => broker.publish('doctorData', messageOf(text))))
    assert.deepEqual(
      sent.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    await assert.rejects(sent[1]?.status === 'rejected' ? Promise.reject(sent[1].reason as Error) : Promise.resolve(), {
      code: 'BROKER_FAILED',
      transient: false,
      message: /InvalidMessageContents refused for a test/,
    })
    assert.equal(proxy.of('SendMessageBatch').length, 1)
  })
})

describe('the queues of SQS', () => {
  test('a passive broker creates nothing: what is missing is named, and found once it is there', async (t) => {
    const here = place(t)
    const broker = await here.open({ queues: 'passive' })
    const missing = { code: 'QUEUE_MISSING', message: new RegExp(here.name) }
    await assert.rejects(broker.publish('doctorData', messageOf('a')), missing)
    await assert.rejects(Inbox.open(broker, 'doctorData'), missing)
    await assert.rejects(broker.depth('doctorData'), missing)
    await assert.rejects(urlOf(here), { name: 'QueueDoesNotExist' })

    await createQueue(here, here.name, { VisibilityTimeout: '5' })
    await broker.publish('doctorData', messageOf('a'))
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    const first = await inbox.take()
    const noLetters = { code: 'QUEUE_MISSING', message: new RegExp(`${here.name}-dlq`) }
    await assert.rejects(first.deadLetter('MESSAGE_INVALID', 'no doctor'), noLetters)
    await assert.rejects(broker.deadLetters('doctorData', 1), noLetters)

    await createQueue(here, `${here.name}-dlq`)
    await inbox.consumer.stop()
    await broker.publish('doctorData', messageOf('b'))
    const again = await Inbox.open(broker, 'doctorData', 1)
    await (await again.take()).deadLetter('MESSAGE_INVALID', 'no doctor')
    assert.equal((await broker.deadLetters('doctorData', 1))[0]?.reason, 'no doctor')
  })

  test('a queue that is there with other attributes is taken as it is', async (t) => {
    const here = place(t)
    await createQueue(here, here.name, { VisibilityTimeout: '5', DelaySeconds: '1' })
    const broker = await here.open()
    await broker.publish('doctorData', messageOf('a'))
    assert.equal(textOf(await (await Inbox.open(broker, 'doctorData')).take()), 'a')
  })

  test('a queue that is deleted under way is missed, and declared again', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const lost = Promise.withResolvers<Error>()
    await broker.consume('doctorData', { prefetch: 1, onTrouble: (error) => lost.resolve(error) }, () => undefined)
    await here.client.send(new DeleteQueueCommand({ QueueUrl: await urlOf(here) }))
    // The server of the stack leaves a request for messages unanswered whose queue is gone, so it is not known why.
    await assert.rejects(Promise.reject(await within(lost.promise, 'the loss')), { code: 'BROKER_FAILED' })
    await assert.rejects(broker.publish('doctorData', messageOf('a')), { code: 'QUEUE_MISSING' })
    await broker.publish('doctorData', messageOf('a'))
    assert.equal(textOf(await (await Inbox.open(broker, 'doctorData')).take()), 'a')
  })

  test('a route that goes through an exchange is none of SQS', async (t) => {
    const broker = await place(t).open()
    await assert.rejects(broker.publish('syncStart', messageOf('a')), { code: 'INTERNAL', message: /syncStart/ })
    await assert.rejects(Inbox.open(broker, 'syncStart'), { code: 'INTERNAL', message: /syncStart/ })
    for (const prefetch of [0, 1.5, Number.NaN]) {
      await assert.rejects(Inbox.open(broker, 'doctorData', prefetch), { code: 'INTERNAL' })
    }
  })
})

describe('receiving from SQS', () => {
  test('a message stays hidden from others while it is worked on, however long', async (t) => {
    const here = place(t)
    const settings = settingsOf({ sqsVisibilityMs: 2_000 })
    const broker = await here.open({ settings })
    const texts = Array.from({ length: 12 }, (_, index) => `${index}`)
    await Promise.all(texts.map((text) => broker.publish('doctorData', messageOf(text))))
    const slow = await Inbox.open(broker, 'doctorData', 12)
    const deliveries = await slow.takeAll(12)
    const other = await Inbox.open(await here.open({ settings }), 'doctorData', 12)
    // The time that has to pass, as an event.
    const marker = new SendMessageCommand({ QueueUrl: await urlOf(here), MessageBody: '"marker"', DelaySeconds: 5 })
    await here.client.send(marker)
    assert.equal(textOf(await other.take()), 'marker')
    await Promise.all(deliveries.map((delivery) => delivery.acknowledge()))
    assert.equal(other.begun.length, 1)
    assert.equal(slow.begun.length, 12)
  })

  test('messages that are given back while it is said that they stay hidden come at once all the same', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const settings = settingsOf({ sqsEndpoint: proxy.endpoint, sqsVisibilityMs: 6_000 })
    const broker = await here.open({ settings })
    // As many as make a batch of their own, which could overtake.
    const texts = Array.from({ length: 10 }, (_, index) => `${index}`)
    await Promise.all(texts.map((text) => broker.publish('doctorData', messageOf(text))))
    const inbox = await Inbox.open(broker, 'doctorData', 10)
    const deliveries = await inbox.takeAll(10)
    const changes = () => proxy.of('ChangeMessageVisibilityBatch').length
    const extending = Promise.withResolvers<null>()
    const passing = Promise.withResolvers<null>()
    proxy.onCall = async ({ action }) => {
      if (action === 'ChangeMessageVisibilityBatch' && changes() === 1) {
        extending.resolve(null)
        await passing.promise
      }
      return null
    }
    await within(extending.promise, 'the extension')
    const given = Promise.all(deliveries.map((delivery) => delivery.giveBack()))
    // What was sent by then would have arrived.
    for (let asked = 0; asked < 3; asked++) await broker.depth('doctorData')
    assert.equal(changes(), 1)
    passing.resolve(null)
    const begin = performance.now()
    await given
    for (const { deliveries: count } of await inbox.takeAll(10)) assert.equal(count, 2)
    assert.ok(performance.now() - begin < 5_000, 'they stayed hidden')
  })

  test('one request asks for many, and acknowledgements go together', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    const count = 200
    await Promise.all(Array.from({ length: count }, (_, index) => broker.publish('doctorData', messageOf(`${index}`))))
    const done = Promise.withResolvers<null>()
    let left = count
    await broker.consume('doctorData', { prefetch: 40, onTrouble: done.reject }, async (delivery) => {
      await delivery.acknowledge()
      left -= 1
      if (left === 0) done.resolve(null)
    })
    await within(done.promise, 'all acknowledgements')
    assert.ok(proxy.of('ReceiveMessage').length <= count / 4, `${proxy.of('ReceiveMessage').length} receives`)
    assert.ok(proxy.of('DeleteMessageBatch').length <= count / 4, `${proxy.of('DeleteMessageBatch').length} deletions`)
    for (const { body } of proxy.of('ReceiveMessage')) assert.equal(body.VisibilityTimeout, 30)
  })

  test('what a stopped consumer was about to receive is at once there for the next one', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 5)
    const stopping = inbox.consumer.stop()
    await broker.publish('doctorData', messageOf('between'))
    await stopping
    assert.equal(textOf(await (await Inbox.open(broker, 'doctorData')).take()), 'between')
    assert.deepEqual(inbox.begun, [])
  })

  test('an acknowledgement that SQS refuses rejects alone', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    for (const text of ['a', 'b', 'c']) await broker.publish('doctorData', messageOf(text))
    const inbox = await Inbox.open(broker, 'doctorData', 3)
    const deliveries = await inbox.takeAll(3)
    proxy.onCall = ({ action, body }) => {
      const [, second] = body.Entries ?? []
      if (action === 'DeleteMessageBatch' && second !== undefined) second.ReceiptHandle = 'nonsense'
      return null
    }
    const ends = await Promise.allSettled(deliveries.map((delivery) => delivery.acknowledge()))
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
  })
})
