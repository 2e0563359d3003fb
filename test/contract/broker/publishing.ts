import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ANNOUNCEMENTS, type Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** When a message is accepted. */
export function publishing(factory: BrokerFactory, routes: readonly [Route, ...Route[]]): void {
  const [route] = routes
  const [queue] = queuesOf(route)

  for (const announcement of routes.filter((each) => ANNOUNCEMENTS.includes(each))) {
    test(`${announcement} is accepted without a queue, and arrives in one that was consumed`, async (t) => {
      const { broker } = await openPlace(t, factory)
      const [listening] = queuesOf(announcement)
      for (const text of ['a', 'b']) await broker.publish(announcement, messageOf(text))
      const first = await Inbox.open(broker, listening)
      await broker.publish(announcement, messageOf('c'))
      await eventually(
        async () => first.begun.map(textOf),
        (texts) => texts.includes('c'),
      )
      assert.equal(first.begun.map(textOf).at(-1), 'c')
      for (const delivery of first.begun) await delivery.acknowledge()
      await first.consumer.stop()
      await broker.publish(announcement, messageOf('d'))
      assert.equal(textOf(await (await Inbox.open(broker, listening)).take()), 'd')
    })
  }

  test('an aborted sender sends nothing', async (t) => {
    const { broker } = await openPlace(t, factory)
    const reason = new Error('cancelled')
    await assert.rejects(broker.publish(route, messageOf('never'), AbortSignal.abort(reason)), reason)
    await broker.publish(route, messageOf('sent'))
    const inbox = await Inbox.open(broker, queue)
    assert.equal(textOf(await inbox.take()), 'sent')
    assert.equal(inbox.begun.length, 1)
  })

  test('messages are accepted without a receiver, however many wait', async (t) => {
    const { broker } = await openPlace(t, factory)
    const texts = Array.from({ length: 200 }, (_, index) => `${index}`)
    for (let sent = 0; sent < texts.length; sent += 20) {
      const some = texts.slice(sent, sent + 20).map((text) => broker.publish(route, messageOf(text)))
      await within(Promise.all(some), 'messages to be accepted')
    }
    const inbox = await Inbox.open(broker, queue, 50)
    const received = new Set<unknown>()
    while (received.size < texts.length) {
      const delivery = await inbox.take()
      received.add(textOf(delivery))
      await delivery.acknowledge()
    }
  })
}
