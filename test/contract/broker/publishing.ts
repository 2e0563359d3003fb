import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { Inbox, messageOf, textOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** When a message is accepted. */
export function publishing(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

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
