import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { Inbox, messageOf, textOf } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

const NINE_ATTRIBUTES = Object.fromEntries(
  ['run', 'attempt', 'sequence', 'rows', 'a', 'B-2', 'content-type', 'x-9', 'Z'].map((name, index) => [
    name,
    `Zoë ${index} 𝒵`,
  ]),
)

/** Some brokers date messages to the second. */
const DATED_TO = 1_000
/** Tolerance between the clocks of the test and the server. */
const CLOCK_TOLERANCE = 20

/** Messages arrive unchanged in every queue of their route, and nowhere else. */
export function delivering(factory: BrokerFactory, routes: readonly [Route, ...Route[]]): void {
  test('a message arrives unchanged in every queue of its route, and no other', async (t) => {
    const { broker } = await openPlace(t, factory)
    const inboxes = new Map<string, Inbox>()
    for (const queue of routes.flatMap(queuesOf)) inboxes.set(queue, await Inbox.open(broker, queue))
    for (const route of routes) await broker.publish(route, messageOf(`to ${route}: 𝒵oë`, NINE_ATTRIBUTES))
    for (const route of routes) {
      for (const queue of queuesOf(route)) {
        const delivery = await inboxes.get(queue)?.take()
        assert.ok(delivery)
        assert.equal(textOf(delivery), `to ${route}: 𝒵oë`)
        assert.deepEqual(delivery.attributes, NINE_ATTRIBUTES)
        assert.equal(delivery.deliveries, 1)
        await delivery.acknowledge()
      }
    }
    for (const inbox of inboxes.values()) assert.equal(new Set(inbox.begun.map(textOf)).size, 1)
  })

  test('a message is accepted without attributes and without a consumer', async (t) => {
    const { broker } = await openPlace(t, factory)
    const [route] = routes
    await broker.publish(route, messageOf('early'))
    const delivery = await (await Inbox.open(broker, queuesOf(route)[0])).take()
    assert.equal(textOf(delivery), 'early')
    assert.deepEqual(delivery.attributes, {})
  })

  test('a body of hundreds of rows arrives byte for byte', async (t) => {
    const { broker } = await openPlace(t, factory)
    const [route] = routes
    const message = messageOf('Ŵ and 𝒵, "quoted" \\ '.repeat(10_000))
    await broker.publish(route, message)
    const delivery = await (await Inbox.open(broker, queuesOf(route)[0])).take()
    assert.ok(message.body.byteLength > 230_000)
    assert.ok(Buffer.from(message.body).equals(delivery.body))
  })

  test('a delivery says when the message was sent, also when it is redelivered', async (t) => {
    const { broker, wallClock, passTime } = await openPlace(t, factory)
    const [route] = routes
    const before = wallClock()
    await broker.publish(route, messageOf('dated'))
    const after = wallClock()
    await passTime(1_100)
    const inbox = await Inbox.open(broker, queuesOf(route)[0])
    const first = await inbox.take()
    await first.giveBack()
    const second = await inbox.take()
    assert.equal(second.sentAt, first.sentAt)
    const { sentAt } = first
    assert.ok(sentAt !== null && sentAt >= before - DATED_TO && sentAt <= after + CLOCK_TOLERANCE, `${sentAt}`)
  })

  test('neither sender nor receiver can change an accepted message', async (t) => {
    const { broker } = await openPlace(t, factory)
    const [route] = routes
    const message = messageOf('as it was', { run: '1' })
    await broker.publish(route, message)
    message.body.fill(0)
    Object.assign(message.attributes, { run: '2' })
    const inbox = await Inbox.open(broker, queuesOf(route)[0])
    const first = await inbox.take()
    assert.equal(textOf(first), 'as it was')
    assert.deepEqual(first.attributes, { run: '1' })
    first.body.fill(0)
    await first.giveBack()
    assert.equal(textOf(await inbox.take()), 'as it was')
  })
}
