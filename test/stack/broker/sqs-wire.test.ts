import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type MessageAttributeValue,
} from '@aws-sdk/client-sqs'
import { Inbox, messageOf, textOf } from '../../contract/broker/inbox.ts'
import { settingsOf, SqsPlace } from './sqs-place.ts'

const encoder = new TextEncoder()

/** The one message of a queue, as a service of somebody else receives it. */
async function receiveAsForeigner(place: SqsPlace, name = place.name): Promise<Message> {
  const { QueueUrl } = await place.client.send(new GetQueueUrlCommand({ QueueName: name }))
  const { Messages = [] } = await place.client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 5 }),
  )
  const [message] = Messages
  assert.ok(message)
  return message
}

async function sendAsForeigner(
  place: SqsPlace,
  body: string,
  attributes: Record<string, MessageAttributeValue> = {},
  name = place.name,
): Promise<void> {
  const { QueueUrl } = await place.client.send(new GetQueueUrlCommand({ QueueName: name }))
  await place.client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: { ...attributes } }))
}

function place(t: { after(clean: () => Promise<void>): unknown }): SqsPlace {
  const made = new SqsPlace()
  t.after(() => made.dispose())
  return made
}

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value })

describe('what goes over the wire to and from SQS', () => {
  test('a foreign receiver sees the bytes of the body, and attributes of text with the content type', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const body = '{"payload":{"doctor":{"doctorFirstName":"Zoë 𝒵"}},\n\t"syncEnd":false}'
    await broker.publish('doctorData', { body: encoder.encode(body), attributes: { 'reval-run': '7' } })
    const { Body, MessageAttributes } = await receiveAsForeigner(here)
    assert.equal(Body, body)
    assert.deepEqual(MessageAttributes, { contentType: text('application/json'), 'reval-run': text('7') })
  })

  test("a Java service's message arrives: text and numbers as text, neither content type nor binary", async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData')
    await sendAsForeigner(here, '{"payload":null,"syncEnd":true}', {
      id: text('5f0e3c1e-0001-4a6e-9d43-5d1c9f0a7f11'),
      timestamp: { DataType: 'Number.java.lang.Long', StringValue: '1767225600000' },
      contentType: text('application/json'),
      kind: { DataType: 'String.custom', StringValue: 'Zoë' },
      blob: { DataType: 'Binary', BinaryValue: encoder.encode('x') },
    })
    const delivery = await inbox.take()
    assert.equal(new TextDecoder().decode(delivery.body), '{"payload":null,"syncEnd":true}')
    assert.deepEqual(delivery.attributes, {
      id: '5f0e3c1e-0001-4a6e-9d43-5d1c9f0a7f11',
      timestamp: '1767225600000',
      kind: 'Zoë',
    })
    await delivery.acknowledge()
  })

  test('the characters that SQS refuses arrive all the same, escaped; a byte order mark stays', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    await broker.publish('doctorData', messageOf('a\uFFFEb\uFFFFc'))
    const escaped = await inbox.take()
    assert.equal(textOf(escaped), 'a\uFFFEb\uFFFFc')
    assert.equal(new TextDecoder().decode(escaped.body), '"a\\uFFFEb\\uFFFFc"')
    await escaped.acknowledge()
    const marked = Buffer.from('\uFEFF"marked"')
    await broker.publish('doctorData', { body: marked, attributes: {} })
    assert.ok(marked.equals((await inbox.take()).body))
  })

  test('a body that SQS would change or refuse is refused before, and others are sent', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const bodies = ['', '\0', '"a\x1Fb"', 'no JSON: \uFFFF'].map((body) => encoder.encode(body))
    for (const body of [...bodies, Uint8Array.of(0x22, 0xff, 0x22), Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)]) {
      await assert.rejects(broker.publish('doctorData', { body, attributes: {} }), { code: 'MESSAGE_NOT_JSON' })
    }
    const tooMany = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, 'x']))
    for (const attributes of [tooMany, { a_b: 'x' }, { '': 'x' }, { a: '' }, { a: '\uFFFF' }]) {
      await assert.rejects(broker.publish('doctorData', messageOf('a', attributes)), { code: 'INTERNAL' })
    }
    await broker.publish('doctorData', messageOf('sound'))
    assert.equal((await receiveAsForeigner(here)).Body, '"sound"')
  })

  test('a dead letter has the attributes as they came, and its reason in place of the content type', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    const timestamp = { DataType: 'Number.java.lang.Long', StringValue: '1767225600000' }
    await sendAsForeigner(here, '[1]', { id: text('5'), timestamp, contentType: text('application/json') })
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', 'no \0 \uFFFF doctor')
    const { Body, MessageAttributes } = await receiveAsForeigner(here, `${here.name}-dlq`)
    assert.equal(Body, '[1]')
    assert.deepEqual(MessageAttributes, {
      id: text('5'),
      timestamp,
      'reval-dead-letter': text('{"code":"MESSAGE_INVALID","reason":"no \\u0000 \\uFFFF doctor"}'),
    })
  })

  test('a message with ten attributes of its own loses the last one as a dead letter, and the reason says so', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, text('x')]))
    await sendAsForeigner(here, '[1]', ten)
    const delivery = await inbox.take()
    const names = Object.keys(delivery.attributes)
    await delivery.deadLetter('MESSAGE_INVALID', 'no doctor')
    const [letter] = await broker.deadLetters('doctorData', 1)
    assert.deepEqual(Object.keys(letter?.attributes ?? {}).sort(), names.slice(0, 9).sort())
    assert.equal(letter?.reason, `(attributes dropped: ${names[9]}) no doctor`)
  })

  test('a reason is cut to what fits beside the longest message', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    const limit = 1_048_576
    await sendAsForeigner(here, `"${'x'.repeat(limit - 302)}"`, { a: text('y'.repeat(293)) })
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', 'ζ'.repeat(1000))
    const [letter] = await broker.deadLetters('doctorData', 1)
    assert.equal(letter?.body.byteLength, limit - 300)
    assert.equal(letter.code, 'MESSAGE_INVALID')
    // Where not even fifty characters fit beside all attributes, one of them has to go.
    assert.equal(letter.reason, `(attributes dropped: a) ${'ζ'.repeat(26)}…`)
  })

  test('a reason is cut to 500 characters, and never to half of one', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    await broker.publish('doctorData', messageOf('long'))
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', `x${'𝒵'.repeat(400)}`)
    const [letter] = await broker.deadLetters('doctorData', 1)
    assert.equal(letter?.reason, `x${'𝒵'.repeat(249)}…`)
  })

  test('dead letters are told oldest first, also those that somebody else put there', async (t) => {
    const here = place(t)
    const broker = await here.open()
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    await sendAsForeigner(here, '"moved"', { id: text('5') }, `${here.name}-dlq`)
    await sendAsForeigner(here, '"odd"', { 'reval-dead-letter': text('nonsense') }, `${here.name}-dlq`)
    for (const name of ['one', 'two']) {
      await broker.publish('doctorData', messageOf(name))
      await (await inbox.take()).deadLetter('MESSAGE_INVALID', `about ${name}`)
    }
    const letters = await broker.deadLetters('doctorData', 100)
    assert.deepEqual(letters.map(textOf), ['moved', 'odd', 'one', 'two'])
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['MESSAGE_HANDLER_FAILED', 'MESSAGE_HANDLER_FAILED', 'MESSAGE_INVALID', 'MESSAGE_INVALID'],
    )
    assert.match(letters[0]?.reason ?? '', /redrive policy/)
    assert.deepEqual(
      letters.map(({ attributes }) => attributes),
      [{ id: '5' }, {}, {}, {}],
    )
  })

  test('what is declared is a plain queue with the visibility timeout of the settings, and one for dead letters', async (t) => {
    const here = place(t)
    const broker = await here.open({ settings: settingsOf({ sqsVisibilityMs: 77_000 }) })
    await Inbox.open(broker, 'doctorData')
    for (const QueueName of [here.name, `${here.name}-dlq`]) {
      const { QueueUrl } = await here.client.send(new GetQueueUrlCommand({ QueueName }))
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })
      const { Attributes } = await here.client.send(command)
      assert.equal(Attributes?.VisibilityTimeout, '77')
      assert.equal(Attributes.RedrivePolicy, undefined)
    }
  })
})
