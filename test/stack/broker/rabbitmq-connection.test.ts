import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { rootCertificates } from 'node:tls'
import { openRabbitmqBroker } from '../../../src/adapters/broker/rabbitmq/open.ts'
import type { RabbitmqSettings } from '../../../src/adapters/broker/rabbitmq/settings.ts'
import type { Broker } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf, within } from '../../contract/broker/inbox.ts'
import { namespace, removeAll, settingsOf } from './rabbitmq-place.ts'
import { certificate } from '../certificates.ts'
import { Proxy } from './rabbitmq-proxy.ts'

const QUEUE = 'traineeData'
/** Unless it is set otherwise. */
const WRITER_LEASE_SECONDS = 20

async function proxied(t: TestContext, options?: { tls: boolean }): Promise<Proxy> {
  const proxy = await Proxy.open(options)
  t.after(() => proxy.close())
  return proxy
}

function open(t: TestContext, changed: Partial<RabbitmqSettings>, connectTimeoutMs = 5_000): Promise<Broker> {
  const topology = namespace()
  const settings = settingsOf(changed)
  const opening = openRabbitmqBroker({ settings, topology, queues: 'declare', connectTimeoutMs })
  t.after(async () => {
    const [broker] = await Promise.allSettled([opening])
    if (broker.status === 'fulfilled') await broker.value.close()
    await removeAll(topology)
  })
  return opening
}

/** A failure that may pass: who meets it tries again. */
function assertPassing(error: unknown): void {
  const { code, transient } = error as { code?: unknown; transient?: unknown }
  assert.deepEqual({ code, transient }, { code: 'BROKER_FAILED', transient: true }, String(error))
}

async function refused(opening: Promise<Broker>): Promise<{ code: string; message: string; transient: boolean }> {
  const [result] = await Promise.allSettled([opening])
  assert.equal(result.status, 'rejected')
  return result.reason as { code: string; message: string; transient: boolean }
}

test('a login that is refused names the settings, not the password, and leaves nothing open', async (t) => {
  const proxy = await proxied(t)
  const rabbitmqUrl = `amqp://127.0.0.1:${proxy.port}`
  const error = await refused(open(t, { rabbitmqUrl, rabbitmqPassword: 'certainly-wrong' }))
  assert.equal(error.code, 'SERVER_LOGIN_REFUSED')
  assert.match(error.message, /REVAL_RABBITMQ_USER and REVAL_RABBITMQ_PASSWORD/)
  assert.doesNotMatch(error.message, /certainly-wrong/)
  assert.equal(error.transient, false)
  const left = await eventually(
    async () => proxy.connections,
    (connections) => connections === 0,
  )
  assert.equal(left, 0)
})

test('a virtual host that is not there is named; its name may be encoded', async (t) => {
  const { rabbitmqUrl } = settingsOf()
  const error = await refused(open(t, { rabbitmqUrl: `${rabbitmqUrl}/no%2Fsuch%20host` }))
  assert.equal(error.code, 'SERVER_LOGIN_REFUSED')
  assert.match(error.message, /"no\/such host" \(REVAL_RABBITMQ_URL/)
  for (const path of ['/', '/%2F']) await open(t, { rabbitmqUrl: `${rabbitmqUrl}${path}` })
})

test('a server that is away is named with its setting, and may be there later', async (t) => {
  const proxy = await Proxy.open()
  const { port } = proxy
  await proxy.close()
  for (const rabbitmqUrl of [`amqp://127.0.0.1:${port}`, 'amqp://no-such-host.invalid']) {
    const error = await refused(open(t, { rabbitmqUrl }))
    assert.equal(error.code, 'SERVER_UNREACHABLE')
    assert.match(error.message, /REVAL_RABBITMQ_URL/)
    assert.equal(error.transient, true)
  }
})

test('a server that is silent is given up', async (t) => {
  const proxy = await proxied(t)
  proxy.silence()
  const error = await refused(open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` }, 300))
  assert.equal(error.code, 'SERVER_UNREACHABLE')
  assert.equal(error.transient, true)
})

test('one node of a cluster that is there is enough', async (t) => {
  const away = await Proxy.open()
  await away.close()
  const { rabbitmqUrl } = settingsOf()
  const broker = await open(t, { rabbitmqUrl: rabbitmqUrl.replace('//', `//127.0.0.1:${away.port},`) })
  await broker.publish(QUEUE, messageOf('a'))
})

test('with TLS the authority of the setting counts, and what is not trusted is refused', async (t) => {
  const proxy = await proxied(t, { tls: true })
  const rabbitmqUrl = `amqps://127.0.0.1:${proxy.port}`
  const broker = await open(t, { rabbitmqUrl, rabbitmqCa: certificate('ca.pem') })
  await broker.publish(QUEUE, messageOf('secret'))
  assert.equal(textOf(await (await Inbox.open(broker, QUEUE)).take()), 'secret')

  for (const rabbitmqCa of [rootCertificates[0] ?? '', null]) {
    const error = await refused(open(t, { rabbitmqUrl, rabbitmqCa }))
    assert.equal(error.code, 'SERVER_UNREACHABLE')
    assert.match(error.message, /not trusted .*REVAL_RABBITMQ_CA/)
    assert.equal(error.transient, false)
  }
})

test('TLS on one side only is told', async (t) => {
  const proxy = await proxied(t, { tls: true })
  const { rabbitmqUrl } = settingsOf()
  const mute = await refused(open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` }))
  assert.match(mute.message, /amqps:\/\//)
  const plain = await refused(open(t, { rabbitmqUrl: rabbitmqUrl.replace('amqp:', 'amqps:') }))
  assert.match(plain.message, /amqp:\/\//)
})

test('a connection that is cut loses nothing: consumers report it, and continue when it is back', async (t) => {
  const proxy = await proxied(t)
  const broker = await open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` })
  const inbox = await Inbox.open(broker, QUEUE, 5)
  await broker.publish(QUEUE, messageOf('before'))
  const unacknowledged = await inbox.take()
  await broker.ping()

  proxy.cut()
  await eventually(
    async () => inbox.troubles.length,
    (length) => length > 0,
  )
  assert.equal(inbox.troubles.length, 1)
  const failed = { code: 'BROKER_FAILED', transient: true }
  await assert.rejects(broker.ping(), failed)
  await assert.rejects(unacknowledged.acknowledge(), failed)
  const outage = [
    broker.publish(QUEUE, messageOf('during')),
    broker.depth(QUEUE),
    broker.deadLetters(QUEUE, 1),
    Inbox.open(broker, QUEUE),
  ]
  for (const result of await within(Promise.allSettled(outage), 'everything to be refused')) {
    assert.equal(result.status, 'rejected')
    assertPassing(result.reason)
  }

  proxy.mend()
  await eventually(
    () =>
      broker.ping().then(
        () => true,
        () => false,
      ),
    (there) => there,
  )
  await broker.publish(QUEUE, messageOf('after'))
  // The consumer that was interrupted and one that was refused meanwhile: only the first one is there.
  const deliveries = await inbox.takeAll(2)
  assert.deepEqual(deliveries.map(textOf), ['before', 'after'])
  assert.ok((deliveries[0]?.deliveries ?? 0) > 1)
  for (const delivery of deliveries) await delivery.acknowledge()
  await inbox.consumer.stop()
  for (const trouble of inbox.troubles) assertPassing(trouble)
})

test('a consumer whose connection is cut while it starts is rejected, and reports no trouble', async (t) => {
  const proxy = await proxied(t)
  const topology = namespace()
  const [holder, late] = await Promise.all(
    [settingsOf().rabbitmqUrl, `amqp://127.0.0.1:${proxy.port}`].map((rabbitmqUrl) =>
      openRabbitmqBroker({ settings: settingsOf({ rabbitmqUrl }), topology, queues: 'declare' }),
    ),
  )
  assert.ok(holder && late)
  t.after(async () => {
    await Promise.all([holder.close(), late.close()])
    await removeAll(topology)
  })
  await Inbox.open(holder, QUEUE, 1, true)
  await late.depth(QUEUE)
  const troubles: Error[] = []
  for (let time = 0; time < 4; time++) {
    const options = { prefetch: 1, exclusive: true, onTrouble: (error: Error) => troubles.push(error) }
    const starting = assert.rejects(
      late.consume(QUEUE, options, () => undefined),
      { code: 'BROKER_FAILED', transient: true },
    )
    // It waits for the other consumer to leave, and mostly sleeps meanwhile.
    await pause(200 + 5 * time)
    proxy.cut()
    await starting
    proxy.mend()
    await eventually(
      () =>
        late.depth(QUEUE).then(
          () => true,
          () => false,
        ),
      (isBack) => isBack,
    )
  }
  assert.deepEqual(troubles, [])
})

test('a connection that is cut while messages are held for later redelivers them, and nothing breaks', async (t) => {
  const proxy = await proxied(t)
  const broker = await open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` })
  const texts = Array.from({ length: 200 }, (_, index) => `${index}`)
  await Promise.all(texts.map((text) => broker.publish(QUEUE, messageOf(text))))
  const inbox = await Inbox.open(broker, QUEUE, texts.length)
  const deliveries = await inbox.takeAll(texts.length)
  // One of them is due in each millisecond around the cut.
  await Promise.all(deliveries.map((delivery, index) => delivery.giveBack(20 + index)))
  await pause(60)
  proxy.cut()
  proxy.mend()
  const missing = await eventually(
    async () => {
      const redelivered = new Set(inbox.begun.slice(texts.length).map(textOf))
      return texts.filter((text) => !redelivered.has(text))
    },
    ({ length }) => length === 0,
  )
  assert.deepEqual(missing, [])
})

test('however often the connection is cut while messages are under way, all that was accepted arrives', async (t) => {
  const proxy = await proxied(t)
  const broker = await open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` })
  const received = new Set<unknown>()
  const consumer = await broker.consume(QUEUE, { prefetch: 5, onTrouble: assertPassing }, async (delivery) => {
    received.add(textOf(delivery))
    // What cannot be acknowledged comes again.
    await delivery.acknowledge().catch(() => undefined)
  })
  const accepted: string[] = []
  const sending = (async () => {
    for (let batch = 0; batch < 60; batch++) {
      const texts = Array.from({ length: 10 }, (_, index) => `${batch}-${index}`)
      const results = await Promise.allSettled(texts.map((text) => broker.publish(QUEUE, messageOf(text))))
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') accepted.push(texts[index] ?? '')
        else assertPassing(result.reason)
      }
      if (batch % 20 === 10) {
        proxy.cut()
        proxy.mend()
      }
    }
  })()
  await sending
  const missing = await eventually(
    async () => accepted.filter((text) => !received.has(text)),
    ({ length }) => length === 0,
  )
  await consumer.stop()
  assert.deepEqual(missing, [])
  assert.ok(accepted.length >= 300, `${accepted.length} of 600 were accepted`)
})

test('a removal of dead letters that is cut off at any moment loses no other, and can be repeated', async (t) => {
  const proxy = await proxied(t)
  const broker = await open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` })
  const texts = Array.from({ length: 40 }, (_, index) => `${index}`)
  const inbox = await Inbox.open(broker, QUEUE, 1)
  for (const text of texts) {
    await broker.publish(QUEUE, messageOf(text))
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', text)
  }
  await inbox.consumer.stop()
  const present = async () => {
    try {
      return (await broker.deadLetters(QUEUE, 100)).map((letter) => String(textOf(letter)))
    } catch (error) {
      assertPassing(error)
      return []
    }
  }
  const letters = await broker.deadLetters(QUEUE, 100)
  const isChosen = (text: string) => Number(text) % 2 === 1
  const others = texts.filter((text) => !isChosen(text))
  const chosen = letters.filter((letter) => isChosen(String(textOf(letter)))).map(({ id }) => id)
  assert.equal(chosen.length, 20)
  // What is taken and not ended is seen again when the server has noticed that the connection is gone.
  const othersAreThere = (found: readonly string[]) => others.every((text) => found.includes(text))
  for (const turns of [1, 20, 60, 200]) {
    const removing = Promise.allSettled([broker.removeDeadLetters(QUEUE, chosen)])
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
    proxy.cut()
    proxy.mend()
    const [result] = await removing
    if (result.status === 'rejected') assertPassing(result.reason)
    const found = await eventually(present, othersAreThere)
    assert.ok(othersAreThere(found), `after ${turns} turns only ${found.join(', ')} are left`)
  }
  await broker.removeDeadLetters(QUEUE, chosen)
  assert.deepEqual(await eventually(present, ({ length }) => length === others.length), others)
})

test('a network that falls silent blocks nothing forever', { timeout: 60_000 }, async (t) => {
  const proxy = await proxied(t)
  const broker = await open(t, { rabbitmqUrl: `amqp://127.0.0.1:${proxy.port}` })
  await broker.publish(QUEUE, messageOf('a'))
  proxy.silence()
  const results = await Promise.allSettled([broker.publish(QUEUE, messageOf('b')), broker.ping(), broker.depth(QUEUE)])
  for (const result of results) {
    assert.equal(result.status, 'rejected')
    assertPassing(result.reason)
  }
  proxy.mend()
})

test(
  'an exclusive consumer behind a silent network makes way before the lease has run out',
  { timeout: 60_000 },
  async (t) => {
    const proxy = await proxied(t)
    const topology = namespace()
    const openAt = (rabbitmqUrl: string) =>
      openRabbitmqBroker({
        settings: settingsOf({ rabbitmqUrl }),
        topology,
        queues: 'declare',
        connectTimeoutMs: 5_000,
      })
    const gone = await openAt(`amqp://127.0.0.1:${proxy.port}`)
    const successor = await openAt(settingsOf().rabbitmqUrl)
    t.after(async () => {
      await Promise.all([gone.close(), successor.close()])
      await removeAll(topology)
    })
    const inbox = await Inbox.open(gone, QUEUE, 1, true)
    for (const text of ['held', 'waiting']) await successor.publish(QUEUE, messageOf(text))
    await inbox.take()
    proxy.silence()
    const begin = performance.now()
    const next = await untilLetIn(successor)
    const seconds = (performance.now() - begin) / 1_000
    assert.deepEqual((await next.takeAll(2)).map(textOf), ['held', 'waiting'])
    t.diagnostic(`let in after ${seconds.toFixed(1)} s`)
    assert.ok(seconds < WRITER_LEASE_SECONDS)
    assert.equal(inbox.begun.length, 1)
    proxy.mend()
  },
)

async function untilLetIn(broker: Broker): Promise<Inbox> {
  for (;;) {
    try {
      return await Inbox.open(broker, QUEUE, 2, true)
    } catch (error) {
      assertPassing(error)
      await pause(20)
    }
  }
}
