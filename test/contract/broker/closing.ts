import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { Inbox, messageOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** A closed broker rejects every call. */
export function closing(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

  test('a broker can be used until closed, not afterwards', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.ping()
    await broker.close()
    await broker.close()
    await assert.rejects(broker.ping(), { code: 'BROKER_CLOSED' })
    await assert.rejects(broker.publish(route, messageOf('late')), { code: 'BROKER_CLOSED' })
    await assert.rejects(Inbox.open(broker, queue), { code: 'BROKER_CLOSED' })
    await assert.rejects(broker.depth(queue), { code: 'BROKER_CLOSED' })
    await assert.rejects(broker.countDeadLetters(queue), { code: 'BROKER_CLOSED' })
    await assert.rejects(broker.deadLetters(queue, 1), { code: 'BROKER_CLOSED' })
    await assert.rejects(
      broker.eachDeadLetter(queue, () => undefined),
      { code: 'BROKER_CLOSED' },
    )
    await assert.rejects(broker.removeDeadLetters(queue, ['1']), { code: 'BROKER_CLOSED' })
  })

  test('closing stops consumers without reporting trouble; their deliveries can no longer be ended', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.publish(route, messageOf('unacknowledged'))
    const inbox = await Inbox.open(broker, queue)
    const delivery = await inbox.take()
    await broker.close()
    await inbox.consumer.stop()
    await assert.rejects(delivery.acknowledge(), { code: 'BROKER_CLOSED' })
    assert.deepEqual(inbox.troubles, [])
  })

  test('closing leaves no sender waiting', async (t) => {
    const { broker } = await openPlace(t, factory)
    const sending = Array.from({ length: 100 }, (_, index) => broker.publish(route, messageOf(`${index}`)))
    const settled = Promise.allSettled(sending)
    await broker.close()
    const results = await within(settled, 'every sender to be done')
    for (const result of results) {
      if (result.status === 'rejected') assert.equal((result.reason as { code?: unknown }).code, 'BROKER_CLOSED')
    }
  })
}
