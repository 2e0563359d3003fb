import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { asRevalError } from '../../../src/errors/reval-error.ts'
import { eventually, Inbox, messageOf, textOf, within } from '../../contract/broker/inbox.ts'
import { settingsOf, SqsPlace } from './sqs-place.ts'
import { SqsProxy, type Answer } from './sqs-proxy.ts'

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

describe('sending to SQS', () => {
  test('a message that is too long is refused and names the settings; the next one goes', async (t) => {
    const here = place(t)
    const broker = await here.open({ settings: settingsOf({ sqsMaxMessageBytes: 10_000 }) })
    const tooLong = broker.publish('doctorData', messageOf('x'.repeat(9_990)))
    await assert.rejects(tooLong, {
      code: 'BROKER_FAILED',
      message: /REVAL_SQS_MAX_MESSAGE_BYTES=10000.*REVAL_MESSAGE_BYTES/,
    })
    await broker.publish('doctorData', messageOf('x'.repeat(9_900)))
  })
})

describe('the queues of SQS', () => {
  test('a passive broker creates nothing: what is missing is named, and found once it is there', async (t) => {
    const here = place(t)
    const broker = await here.open({ queues: 'passive' })
    const missing = { code: 'QUEUE_MISSING', message: new RegExp(here.name), transient: false }
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
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    await broker.publish('doctorData', messageOf('lost'))
    await here.client.send(new DeleteQueueCommand({ QueueUrl: await urlOf(here) }))
    // Transient: a server that starts again may not have restored its queues yet.
    await assert.rejects(broker.publish('doctorData', messageOf('a')), { code: 'QUEUE_MISSING', transient: true })
    await broker.publish('doctorData', messageOf('a'))

    const inbox = await Inbox.open(broker, 'doctorData', 1)
    const delivery = await inbox.take()
    assert.equal(textOf(delivery), 'a')
    // No receive is under way now: the server of the stack never answers one whose queue is deleted meanwhile.
    await here.client.send(new DeleteQueueCommand({ QueueUrl: await urlOf(here) }))
    await assert.rejects(delivery.acknowledge(), { code: 'QUEUE_MISSING' })
    await broker.publish('doctorData', messageOf('b'))
    assert.equal(textOf(await inbox.take()), 'b')
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

/** SQS's answer to a receipt that is no longer valid; not every server of the stack gives it. */
const INVALID_RECEIPT: Answer = {
  status: 400,
  body: { __type: 'com.amazonaws.sqs#ReceiptHandleIsInvalid', message: 'the receipt handle is not valid' },
}

describe('receiving from SQS', () => {
  test('a message stays hidden from others while it is worked on, however long', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint, sqsVisibilityMs: 2_000 }) })
    const texts = Array.from({ length: 12 }, (_, index) => `${index}`)
    await Promise.all(texts.map((text) => broker.publish('doctorData', messageOf(text))))
    // To SQS they are hidden for 5 s and each extension is for 30: a busy machine may be late, and a message that is
    // not extended comes before the marker.
    proxy.onCall = ({ action, body }) => {
      if (action === 'ReceiveMessage') body.VisibilityTimeout = 5
      if (action === 'ChangeMessageVisibility' && body.VisibilityTimeout === 2) body.VisibilityTimeout = 30
      return null
    }
    const slow = await Inbox.open(broker, 'doctorData', 12)
    const deliveries = await slow.takeAll(12)
    const other = await Inbox.open(await here.open(), 'doctorData', 12)
    const marker = new SendMessageCommand({ QueueUrl: await urlOf(here), MessageBody: '"marker"', DelaySeconds: 6 })
    await here.client.send(marker)
    assert.equal(textOf(await other.take()), 'marker')
    const extensions = Map.groupBy(proxy.of('ChangeMessageVisibility'), ({ body }) => body.ReceiptHandle)
    assert.equal(extensions.size, 12)
    for (const calls of extensions.values()) assert.ok(calls.length > 1)
    await Promise.all(deliveries.map((delivery) => delivery.acknowledge()))
    assert.equal(other.begun.length, 1)
    assert.equal(slow.begun.length, 12)
    assert.deepEqual(slow.troubles, [])
  })

  test('a message that cannot be kept hidden is reported, unless it was ended meanwhile', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint, sqsVisibilityMs: 2_000 }) })
    const extending = Promise.withResolvers<null>()
    const passing = Promise.withResolvers<null>()
    proxy.onCall = async ({ action }) => {
      if (action !== 'ChangeMessageVisibility') return null
      extending.resolve(null)
      await passing.promise
      return INVALID_RECEIPT
    }
    const inbox = await Inbox.open(broker, 'doctorData')
    await broker.publish('doctorData', messageOf('ended'))
    const delivery = await inbox.take()
    await within(extending.promise, 'the extension')
    await delivery.acknowledge()
    passing.resolve(null)
    await broker.publish('doctorData', messageOf('held'))
    await inbox.take()
    const [trouble] = await eventually(
      async () => inbox.troubles,
      ({ length }) => length > 0,
    )
    assert.match(trouble?.message ?? '', /visibility timeout/)
    // The first one, of the message that was ended, would have been reported before the second call.
    assert.ok(proxy.of('ChangeMessageVisibility').length > 1)
  })

  test('messages that are given back while it is said that they stay hidden come at once all the same', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const settings = settingsOf({ sqsEndpoint: proxy.endpoint, sqsVisibilityMs: 6_000 })
    const broker = await here.open({ settings })
    const texts = Array.from({ length: 10 }, (_, index) => `${index}`)
    await Promise.all(texts.map((text) => broker.publish('doctorData', messageOf(text))))
    const inbox = await Inbox.open(broker, 'doctorData', 10)
    const deliveries = await inbox.takeAll(10)
    const changes = () => proxy.of('ChangeMessageVisibility').length
    const extending = Promise.withResolvers<null>()
    const passing = Promise.withResolvers<null>()
    proxy.onCall = async ({ action }) => {
      if (action === 'ChangeMessageVisibility' && changes() <= 10) {
        if (changes() === 10) extending.resolve(null)
        await passing.promise
      }
      return null
    }
    await within(extending.promise, 'the extensions')
    const given = Promise.all(deliveries.map((delivery) => delivery.giveBack()))
    // What was sent by then would have arrived.
    for (let asked = 0; asked < 3; asked++) await broker.depth('doctorData')
    assert.equal(changes(), 10)
    passing.resolve(null)
    const begin = performance.now()
    await given
    for (const { deliveries: count } of await inbox.takeAll(10)) assert.equal(count, 2)
    assert.ok(performance.now() - begin < 5_000, 'they stayed hidden')
  })

  test('one request at a time asks for as many messages as the consumer may still hold', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    await Promise.all(Array.from({ length: 20 }, (_, index) => broker.publish('doctorData', messageOf(`${index}`))))
    let underWay = 0
    let most = 0
    proxy.onCall = ({ action }) => {
      if (action === 'ReceiveMessage') most = Math.max(most, (underWay += 1))
      return null
    }
    proxy.onAnswer = ({ action }) => {
      if (action === 'ReceiveMessage') underWay -= 1
    }
    const inbox = await Inbox.open(broker, 'doctorData', 13)
    const [first] = await inbox.takeAll(13)
    // A request for more would have been seen by then.
    for (let asked = 0; asked < 3; asked++) await broker.depth('doctorData')
    const asked = () => proxy.of('ReceiveMessage').map(({ body }) => [body.MaxNumberOfMessages, body.VisibilityTimeout])
    assert.deepEqual(asked(), [
      [10, 30],
      [3, 30],
    ])
    await first?.acknowledge()
    await inbox.take()
    assert.deepEqual(asked().at(-1), [1, 30])
    assert.equal(most, 1)
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
    const refusal = { Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true, Message: 'for a test' }
    proxy.onAnswer = ({ action }, answer) => {
      if (action !== 'DeleteMessageBatch') return
      answer.body = { Successful: [{ Id: '0' }, { Id: '2' }], Failed: [refusal] }
    }
    const ends = await Promise.allSettled(deliveries.map((delivery) => delivery.acknowledge()))
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    const [, refused] = ends
    assert.ok(refused?.status === 'rejected')
    const { code, message } = asRevalError(refused.reason)
    assert.equal(code, 'BROKER_FAILED')
    assert.match(message, /ReceiptHandleIsInvalid: for a test/)
    assert.equal(proxy.of('DeleteMessageBatch').length, 1)
  })
})
