import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** Maximum delay until redelivery after a first failed delivery, in milliseconds. */
const LONGEST_FIRST_PAUSE = 1_000

/** How deliveries start, and how a consumer stops. */
export function consuming(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

  test('unacknowledged deliveries never exceed the prefetch', async (t) => {
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
    // Neither ends its delivery until the other has one.
    const deliveries = [await inboxes[0]?.take(), await inboxes[1]?.take()].filter((each) => each !== undefined)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['one', 'two']))
    for (const delivery of deliveries) await delivery.acknowledge()
  })

  test('a stopped consumer starts nothing more, and its unacknowledged messages go to the next one', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.publish(route, messageOf('unacknowledged'))
    const first = await Inbox.open(broker, queue)
    await first.take()
    await first.consumer.stop()
    await first.consumer.stop()
    await broker.publish(route, messageOf('later'))
    const second = await Inbox.open(broker, queue)
    const deliveries = await second.takeAll(2)
    assert.deepEqual(new Set(deliveries.map(textOf)), new Set(['unacknowledged', 'later']))
    const again = deliveries.find((delivery) => textOf(delivery) === 'unacknowledged')
    assert.ok(again && again.deliveries > 1)
    assert.deepEqual(first.begun.map(textOf), ['unacknowledged'])
    assert.deepEqual(first.troubles, [])
  })

  test('a handler that fails after its consumer stopped is not reported', async (t) => {
    const { broker } = await openPlace(t, factory)
    const troubles: Error[] = []
    const begun = Promise.withResolvers<null>()
    const work = Promise.withResolvers<never>()
    const onTrouble = (error: Error) => troubles.push(error)
    const consumer = await broker.consume(queue, { prefetch: 1, onTrouble }, () => {
      begun.resolve(null)
      return work.promise
    })
    await broker.publish(route, messageOf('slow'))
    await within(begun.promise, 'the delivery')
    await consumer.stop()
    work.reject(new Error('too late'))
    await (await (await Inbox.open(broker, queue)).take()).acknowledge()
    assert.deepEqual(troubles, [])
  })

  const failures: Readonly<Record<string, () => Promise<void>>> = {
    throws: () => {
      throw new Error('the receiver broke')
    },
    rejects: () => Promise.reject(new Error('the receiver broke')),
  }
  for (const [how, fail] of Object.entries(failures)) {
    test(`a handler that ${how} is reported; its message is redelivered after a pause, others meanwhile`, async (t) => {
      const { broker, passTime } = await openPlace(t, factory)
      const told = Promise.withResolvers<Error>()
      const came: { text: unknown; deliveries: number }[] = []
      const all = Promise.withResolvers<null>()
      await broker.consume(queue, { prefetch: 5, onTrouble: told.resolve }, async (delivery) => {
        came.push({ text: textOf(delivery), deliveries: delivery.deliveries })
        if (came.length === 1) return fail()
        await delivery.acknowledge()
        if (came.length === 3) all.resolve(null)
      })
      await broker.publish(route, messageOf('heavy'))
      assert.match((await within(told.promise, 'the trouble')).message, /the receiver broke/)
      await broker.publish(route, messageOf('another'))
      await eventually(
        async () => came.length,
        (count) => count >= 2,
      )
      await passTime(LONGEST_FIRST_PAUSE)
      await within(all.promise, 'the message again')
      assert.deepEqual(new Set(came.map(({ text }) => text)), new Set(['heavy', 'another']))
      const again = came.findLast(({ text }) => text === 'heavy')
      assert.ok(again && again.deliveries > 1)
    })
  }

  test('a handler that fails after ending its delivery is reported, without redelivery', async (t) => {
    const { broker, passTime } = await openPlace(t, factory)
    const told = Promise.withResolvers<Error>()
    let begun = 0
    await broker.consume(queue, { prefetch: 5, onTrouble: told.resolve }, async (delivery) => {
      begun += 1
      await delivery.acknowledge()
      throw new Error('the receiver broke')
    })
    await broker.publish(route, messageOf('done'))
    await within(told.promise, 'the trouble')
    await passTime(LONGEST_FIRST_PAUSE)
    const depth = await eventually(
      () => broker.depth(queue),
      ({ waiting, unacknowledged }) => waiting + unacknowledged === 0,
    )
    assert.equal(depth.waiting + depth.unacknowledged, 0)
    assert.equal(begun, 1)
  })

  test('the depth of a queue counts waiting and unacknowledged messages', async (t) => {
    const { broker } = await openPlace(t, factory)
    const depth = () => broker.depth(queue)
    for (const text of ['one', 'two', 'three']) await broker.publish(route, messageOf(text))
    const before = await eventually(depth, ({ waiting }) => waiting === 3)
    assert.partialDeepStrictEqual(before, { waiting: 3, unacknowledged: 0 })
    const inbox = await Inbox.open(broker, queue, 1)
    const first = await inbox.take()
    const during = await eventually(depth, ({ waiting, unacknowledged }) => waiting === 2 && unacknowledged === 1)
    assert.partialDeepStrictEqual(during, { waiting: 2, unacknowledged: 1 })
    const { consumers, deadLetters, ...state } = await broker.queueState(queue)
    const { isApproximate } = during
    assert.equal(deadLetters, 0)
    assert.ok(consumers === 1 || (consumers === null && isApproximate))
    if (!isApproximate) assert.deepEqual(state, during)
    await first.acknowledge()
    await (await inbox.take()).acknowledge()
    await (await inbox.take()).acknowledge()
    const after = await eventually(depth, ({ waiting, unacknowledged }) => waiting + unacknowledged === 0)
    assert.partialDeepStrictEqual(after, { waiting: 0, unacknowledged: 0 })
  })

  test('the depth of a queue counts what another broker holds, or tells that it cannot see it', async (t) => {
    const { broker, reopen } = await openPlace(t, factory)
    if (reopen === undefined) {
      assert.equal((await broker.depth(queue)).seesAllDeliveries, true)
      return
    }
    for (const text of ['one', 'two']) await broker.publish(route, messageOf(text))
    const inbox = await Inbox.open(await reopen(), queue, 1)
    const held = await inbox.take()
    const { seesAllDeliveries, ...during } = await eventually(
      () => broker.depth(queue),
      ({ waiting, unacknowledged, ...about }) => waiting === 1 && unacknowledged === (about.seesAllDeliveries ? 1 : 0),
    )
    assert.partialDeepStrictEqual(during, { waiting: 1, unacknowledged: seesAllDeliveries ? 1 : 0 })
    await held.acknowledge()
  })
}
