import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Broker, Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory, type BrokerPlace } from './place.ts'

async function reopened({ broker, reopen }: BrokerPlace): Promise<Broker> {
  assert.ok(reopen, 'a place that keeps messages can be reopened')
  await broker.close()
  return await reopen()
}

/** Messages outlive their sender and receiver. */
export function keeping(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

  test('messages outlive the broker that accepted them, including unacknowledged ones', async (t) => {
    const place = await openPlace(t, factory)
    await place.broker.publish(route, messageOf('unacknowledged'))
    await (await Inbox.open(place.broker, queue, 1)).take()
    await place.broker.publish(route, messageOf('waiting'))
    const broker = await reopened(place)
    const deliveries = await (await Inbox.open(broker, queue)).takeAll(2)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['unacknowledged', 'waiting']))
  })

  test('dead letters outlive the broker that stored them', async (t) => {
    const place = await openPlace(t, factory)
    await place.broker.publish(route, messageOf('poison'))
    const delivery = await (await Inbox.open(place.broker, queue)).take()
    await delivery.deadLetter('MESSAGE_INVALID', 'no object')
    const broker = await reopened(place)
    const letters = await eventually(
      () => broker.deadLetters(queue, 10),
      ({ length }) => length === 1,
    )
    assert.deepEqual(letters.map(textOf), ['poison'])
  })
}
