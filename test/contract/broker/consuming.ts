import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** How deliveries begin, and how a consumer ends. */
export function consuming(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

  test('no more deliveries are unended at a time than the prefetch', async (t) => {
    const { broker } = await openPlace(t, factory)
    for (let sent = 0; sent < 12; sent++) await broker.publish(route, messageOf(`${sent}`))
    const inbox = await Inbox.open(broker, queue, 3)
    let ended = 0
    for (const oldest = await inbox.takeAll(3); oldest.length > 0;) {
      assert.ok(inbox.begun.length - ended <= 3)
      await oldest.shift()?.acknowledge()
      ended += 1
      if (ended <= 9) oldest.push(await inbox.take())
    }
    assert.deepEqual(new Set(inbox.begun.map(textOf)), new Set(Array.from({ length: 12 }, (_, sent) => `${sent}`)))
  })

  test('consumers of one queue share its messages', async (t) => {
    const { broker } = await openPlace(t, factory)
    const inboxes = [await Inbox.open(broker, queue, 1), await Inbox.open(broker, queue, 1)]
    await broker.publish(route, messageOf('one'))
    await broker.publish(route, messageOf('two'))
    // Neither ends its delivery before the other has one.
    const deliveries = [await inboxes[0]?.take(), await inboxes[1]?.take()].filter((each) => each !== undefined)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['one', 'two']))
    for (const delivery of deliveries) await delivery.acknowledge()
  })

  test('a stopped consumer begins nothing more, and what it had not ended comes to the next one', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.publish(route, messageOf('unended'))
    const first = await Inbox.open(broker, queue)
    await first.take()
    await first.consumer.stop()
    await first.consumer.stop()
    await broker.publish(route, messageOf('later'))
    const second = await Inbox.open(broker, queue)
    const deliveries = await second.takeAll(2)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['unended', 'later']))
    const again = deliveries.find((delivery) => textOf(delivery) === 'unended')
    assert.ok(again && again.deliveries > 1)
    assert.deepEqual(first.begun.map(textOf), ['unended'])
    assert.deepEqual(first.losses, [])
  })

  test('a handler that fails after its consumer was stopped is no loss', async (t) => {
    const { broker } = await openPlace(t, factory)
    const losses: Error[] = []
    const begun = Promise.withResolvers<null>()
    const work = Promise.withResolvers<never>()
    const onLost = (error: Error) => losses.push(error)
    const consumer = await broker.consume(queue, { prefetch: 1, onLost }, () => {
      begun.resolve(null)
      return work.promise
    })
    await broker.publish(route, messageOf('slow'))
    await within(begun.promise, 'the delivery')
    await consumer.stop()
    work.reject(new Error('too late'))
    await (await (await Inbox.open(broker, queue)).take()).acknowledge()
    assert.deepEqual(losses, [])
  })

  const failures: Readonly<Record<string, () => Promise<void>>> = {
    throws: () => {
      throw new Error('the receiver broke')
    },
    rejects: () => Promise.reject(new Error('the receiver broke')),
  }
  for (const [how, fail] of Object.entries(failures)) {
    test(`a handler that ${how} loses its consumer; the message comes to the next one`, async (t) => {
      const { broker } = await openPlace(t, factory)
      const lost = Promise.withResolvers<Error>()
      let begun = 0
      const onLost = (error: Error) => lost.resolve(error)
      await broker.consume(queue, { prefetch: 5, onLost }, () => {
        begun += 1
        return fail()
      })
      await broker.publish(route, messageOf('heavy'))
      assert.match((await within(lost.promise, 'the loss of the consumer')).message, /the receiver broke/)
      const again = await (await Inbox.open(broker, queue)).take()
      assert.equal(textOf(again), 'heavy')
      assert.ok(again.deliveries > 1)
      assert.equal(begun, 1)
    })
  }

  test('the depth of a queue tells what waits and what is unended', async (t) => {
    const { broker } = await openPlace(t, factory)
    const depth = () => broker.depth(queue)
    for (const text of ['one', 'two', 'three']) await broker.publish(route, messageOf(text))
    const before = await eventually(depth, ({ waiting }) => waiting === 3)
    assert.deepEqual(before, { waiting: 3, unended: 0 })
    const inbox = await Inbox.open(broker, queue, 1)
    const first = await inbox.take()
    const during = await eventually(depth, ({ waiting, unended }) => waiting === 2 && unended === 1)
    assert.deepEqual(during, { waiting: 2, unended: 1 })
    await first.acknowledge()
    await (await inbox.take()).acknowledge()
    await (await inbox.take()).acknowledge()
    const after = await eventually(depth, ({ waiting, unended }) => waiting + unended === 0)
    assert.deepEqual(after, { waiting: 0, unended: 0 })
  })
}
