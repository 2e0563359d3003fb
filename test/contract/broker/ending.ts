import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivery, Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** Tolerance between the clocks of the test and the server. */
const CLOCK_TOLERANCE = 20

const ENDS: Readonly<Record<string, (delivery: Delivery) => Promise<void>>> = {
  acknowledge: (delivery) => delivery.acknowledge(),
  giveBack: (delivery) => delivery.giveBack(60_000),
  deadLetter: (delivery) => delivery.deadLetter('MESSAGE_INVALID', 'no object'),
}

/** What happens to a message when its delivery is ended. */
export function ending(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

  test('an acknowledged message is not redelivered', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.publish(route, messageOf('done'))
    const first = await Inbox.open(broker, queue)
    await (await first.take()).acknowledge()
    await first.consumer.stop()
    await broker.publish(route, messageOf('another'))
    const second = await Inbox.open(broker, queue)
    assert.equal(textOf(await second.take()), 'another')
    assert.equal(first.begun.length + second.begun.length, 2)
  })

  test('a returned message is redelivered, with a higher delivery count', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.publish(route, messageOf('again', { run: '7' }))
    const inbox = await Inbox.open(broker, queue, 1)
    const first = await inbox.take()
    await first.giveBack()
    const second = await inbox.take()
    assert.equal(textOf(second), 'again')
    assert.deepEqual(second.attributes, { run: '7' })
    assert.ok(second.deliveries > first.deliveries)
    await second.acknowledge()
  })

  test('a message returned with a delay is redelivered after it, not before; others arrive meanwhile', async (t) => {
    const { broker, now, passTime } = await openPlace(t, factory)
    const delay = 1_000
    await broker.publish(route, messageOf('later'))
    const inbox = await Inbox.open(broker, queue, 2)
    const first = await inbox.take()
    const begin = now()
    await first.giveBack(delay)
    await broker.publish(route, messageOf('meanwhile'))
    const meanwhile = await inbox.take()
    assert.equal(textOf(meanwhile), 'meanwhile')
    await meanwhile.acknowledge()
    await passTime(delay - 100)
    if (now() - begin < delay) assert.equal(inbox.begun.length, 2)
    await passTime(100)
    const again = await inbox.take()
    assert.ok(now() - begin >= delay - CLOCK_TOLERANCE)
    assert.equal(textOf(again), 'later')
    assert.ok(again.deliveries > 1)
    await again.acknowledge()
  })

  for (const [first, end] of Object.entries(ENDS)) {
    test(`after ${first} a delivery cannot be ended again`, async (t) => {
      const { broker } = await openPlace(t, factory)
      await broker.publish(route, messageOf('once'))
      const inbox = await Inbox.open(broker, queue)
      const delivery = await inbox.take()
      await end(delivery)
      for (const again of Object.values(ENDS)) await assert.rejects(again(delivery), { code: 'INTERNAL' })
      const expected = first === 'deadLetter' ? 1 : 0
      const letters = await eventually(
        () => broker.deadLetters(queue, 10),
        ({ length }) => length === expected,
      )
      assert.equal(letters.length, expected)
    })
  }
}
