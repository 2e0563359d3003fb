import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import type { Broker } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf, within } from '../../contract/broker/inbox.ts'
import { settingsOf, SqsPlace } from './sqs-place.ts'
import { certificate } from '../certificates.ts'
import { SqsProxy } from './sqs-proxy.ts'

function place(t: TestContext): SqsPlace {
  const made = new SqsPlace()
  t.after(() => made.dispose())
  return made
}

/** An address where nobody listens. */
async function deadEnd(): Promise<string> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

async function openError(opening: Promise<Broker>): Promise<Error> {
  try {
    await opening
  } catch (error) {
    return error as Error
  }
  throw new Error('it was opened')
}

/** The first thing that the consumer of an inbox told. */
async function troubleOf(inbox: Inbox): Promise<Error> {
  const [first] = await eventually(
    async () => inbox.troubles,
    ({ length }) => length > 0,
  )
  return first ?? new Error('the consumer told of no trouble')
}

describe('the way to SQS', () => {
  test('an endpoint where nobody answers is named', async (t) => {
    const opening = place(t).open({ settings: settingsOf({ sqsEndpoint: await deadEnd() }) })
    await assert.rejects(opening, { code: 'SERVER_UNREACHABLE', transient: true, message: /REVAL_SQS_ENDPOINT/ })
  })

  test('a server that takes calls and never answers is given up on within seconds', async (t) => {
    const proxy = await SqsProxy.open(t)
    proxy.silence()
    const begin = performance.now()
    const opening = place(t).open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    await assert.rejects(opening, { code: 'SERVER_UNREACHABLE', transient: true, message: /no answer within/ })
    assert.ok(performance.now() - begin < 8_000)
  })

  test('keys that are refused are named, and the secret is not', async (t) => {
    const secret = 'a-secret-of-a-test'
    const names = [
      'InvalidClientTokenId',
      'SignatureDoesNotMatch',
      'AccessDeniedException',
      'UnrecognizedClientException',
    ]
    for (const name of names) {
      const proxy = await SqsProxy.open(t)
      // As AWS answers; the server of the stack takes any key.
      proxy.onCall = () => ({ status: 403, body: { __type: `com.amazonaws.sqs#${name}`, message: 'it is not valid' } })
      const settings = settingsOf({ sqsEndpoint: proxy.endpoint, sqsSecretAccessKey: secret })
      const error = await openError(place(t).open({ settings }))
      await assert.rejects(Promise.reject(error), {
        code: 'SERVER_LOGIN_REFUSED',
        message: /REVAL_SQS_ACCESS_KEY_ID.*it is not valid/,
      })
      assert.ok(!JSON.stringify(error).includes(secret))
    }
  })

  test('half a key is refused before anything is sent', async (t) => {
    for (const half of [{ sqsAccessKeyId: '' }, { sqsSecretAccessKey: '' }]) {
      await assert.rejects(place(t).open({ settings: settingsOf(half) }), {
        code: 'CONFIG_INVALID',
        message: /REVAL_SQS_ACCESS_KEY_ID and REVAL_SQS_SECRET_ACCESS_KEY/,
      })
    }
  })

  test('an alias that SQS cannot have is refused before anything is sent', async (t) => {
    const here = place(t)
    for (const doctorData of ['with.stop', 'x'.repeat(77)]) {
      const topology = { ...here.topology, queues: { ...here.topology.queues, doctorData } }
      const opening = here.open({ topology, settings: settingsOf({ sqsEndpoint: await deadEnd() }) })
      await assert.rejects(opening, { code: 'CONFIG_INVALID', message: new RegExp(doctorData) })
    }
  })

  test('TLS: with the authority that signed it a certificate is trusted, without it not', async (t) => {
    const proxy = await SqsProxy.open(t, { tls: true })
    const trusting = settingsOf({ sqsEndpoint: proxy.endpoint, sqsCa: certificate('ca.pem') })
    const broker = await place(t).open({ settings: trusting })
    await broker.publish('doctorData', messageOf('sealed'))
    assert.equal(textOf(await (await Inbox.open(broker, 'doctorData')).take()), 'sealed')
    assert.ok(proxy.of('SendMessage').length > 0)

    await assert.rejects(place(t).open({ settings: { ...trusting, sqsCa: null } }), {
      code: 'SERVER_UNREACHABLE',
      transient: false,
      message: /REVAL_SQS_CA/,
    })
  })

  test('TLS where there is none is told apart from a server that is away', async (t) => {
    const proxy = await SqsProxy.open(t)
    const settings = settingsOf({ sqsEndpoint: proxy.endpoint.replace('http:', 'https:') })
    await assert.rejects(place(t).open({ settings }), { code: 'SERVER_UNREACHABLE', transient: false })
  })

  test('a connection that is cut fails what is under way; the consumer tells, and goes on when it is back', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const settings = settingsOf({ sqsEndpoint: proxy.endpoint, sqsVisibilityMs: 2_000 })
    const broker = await here.open({ settings })
    await broker.publish('doctorData', messageOf('unacknowledged'))
    const inbox = await Inbox.open(broker, 'doctorData', 20)
    const unacknowledged = await inbox.take()

    proxy.cut()
    const away = { code: 'BROKER_FAILED', transient: true }
    await assert.rejects(broker.publish('doctorData', messageOf('in vain')), away)
    await assert.rejects(Promise.reject(await troubleOf(inbox)), away)
    await assert.rejects(broker.ping(), { code: 'SERVER_UNREACHABLE', transient: true })
    await assert.rejects(unacknowledged.acknowledge(), away)

    proxy.mend()
    await broker.ping()
    await broker.publish('doctorData', messageOf('after'))
    const deliveries = await inbox.takeAll(2)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['unacknowledged', 'after']))
    for (const delivery of deliveries) await delivery.acknowledge()
  })

  test('a removal of dead letters that is cut off loses no other, and can be repeated', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    const inbox = await Inbox.open(broker, 'doctorData', 1)
    for (const text of ['a', 'b', 'c', 'd']) {
      await broker.publish('doctorData', messageOf(text))
      await (await inbox.take()).deadLetter('MESSAGE_INVALID', text)
    }
    await inbox.consumer.stop()
    const chosen = (await broker.deadLetters('doctorData', 10))
      .filter((letter) => textOf(letter) !== 'b')
      .map(({ id }) => id)
    proxy.onCall = ({ action }) => {
      if (action === 'DeleteMessageBatch') proxy.cut()
      return null
    }
    await assert.rejects(broker.removeDeadLetters('doctorData', chosen), { code: 'BROKER_FAILED', transient: true })
    proxy.onCall = () => null
    proxy.mend()
    // The other one comes back when it is no longer hidden: after half a minute.
    const end = performance.now() + 45_000
    let left: readonly unknown[] = []
    while (!left.includes('b') && performance.now() < end) {
      left = (await broker.deadLetters('doctorData', 10)).map(textOf)
    }
    assert.ok(left.includes('b'), JSON.stringify(left))
    await broker.removeDeadLetters('doctorData', chosen)
    assert.deepEqual((await broker.deadLetters('doctorData', 10)).map(textOf), ['b'])
  })

  test('a call that fails is made once; only the consumer makes it again, after pauses that grow', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint, sqsVisibilityMs: 2_000 }) })
    await broker.publish('doctorData', messageOf('a'))
    const inbox = await Inbox.open(broker, 'doctorData')
    const unacknowledged = await inbox.take()
    const received: number[] = []
    proxy.onCall = ({ action }) => {
      if (action === 'ReceiveMessage') received.push(performance.now())
      return { status: 503, body: { __type: 'ServiceUnavailable', message: 'busy for a test' } }
    }
    const busy = { code: 'BROKER_FAILED', transient: true }
    for (const action of ['SendMessage', 'DeleteMessageBatch']) {
      const before = proxy.of(action).length
      const call =
        action === 'SendMessage' ? broker.publish('doctorData', messageOf('b')) : unacknowledged.acknowledge()
      await assert.rejects(call, busy)
      assert.equal(proxy.of(action).length, before + 1)
    }
    await eventually(
      async () => received.length,
      (count) => count >= 4,
    )
    const pauses = received.slice(1, 4).map((at, index) => at - (received[index] ?? 0))
    for (const [index, least] of [200, 400, 800].entries()) assert.ok((pauses[index] ?? 0) >= least - 5, pauses.join())
    await assert.rejects(Promise.reject(await troubleOf(inbox)), busy)

    proxy.onCall = () => null
    await broker.publish('doctorData', messageOf('b'))
    const deliveries = await inbox.takeAll(2)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['a', 'b']))
  })

  test('closing ends within bounds also where the server does not answer', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const broker = await here.open({ settings: settingsOf({ sqsEndpoint: proxy.endpoint }) })
    const inbox = await Inbox.open(broker, 'doctorData')
    await broker.publish('doctorData', messageOf('a'))
    await inbox.take()
    proxy.silence()
    // Its own time may be over first.
    const sending = assert.rejects(broker.publish('doctorData', messageOf('b')), { code: /^BROKER_(CLOSED|FAILED)$/ })
    await eventually(
      async () => proxy.of('SendMessage').length,
      (sent) => sent === 2,
    )
    await within(broker.close(), 'the end')
    await sending
    assert.deepEqual(inbox.troubles, [])
  })
})
