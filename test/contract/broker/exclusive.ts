import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  WRITER_QUEUES,
  type Broker,
  type BrokerCapabilities,
  type Queue,
  type Route,
} from '../../../src/ports/broker.ts'
import { asRevalError } from '../../../src/errors/reval-error.ts'
import { eventually, Inbox, messageOf, textOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

const TEXTS = Array.from({ length: 8 }, (_, index) => `${index}`)
const HELD = 5

type Opened = Awaited<ReturnType<typeof Inbox.open>>

/** An exclusive consumer; null while there is another. */
async function openAlone(broker: Broker, queue: Queue, prefetch = TEXTS.length): Promise<Opened | null> {
  try {
    return await Inbox.open(broker, queue, prefetch, true)
  } catch (error) {
    const { code, transient } = asRevalError(error)
    assert.deepEqual({ code, transient }, { code: 'BROKER_FAILED', transient: true })
    return null
  }
}

/** Like the writer: retries until there is no other consumer. */
async function becomeTheOne(broker: Broker, queue: Queue, prefetch?: number): Promise<Opened> {
  const inbox = await eventually(
    () => openAlone(broker, queue, prefetch),
    (opened) => opened !== null,
  )
  assert.ok(inbox, 'it was rejected although there is no other consumer')
  return inbox
}

/** One consumer at a time, if the broker supports it; otherwise exclusive consumers share. */
export function exclusive(
  factory: BrokerFactory,
  capabilities: BrokerCapabilities,
  routes: readonly [Route, ...Route[]],
): void {
  for (const route of routes) {
    const [queue] = queuesOf(route)
    if (!WRITER_QUEUES.includes(queue)) continue
    if (capabilities.exclusive) oneAtATime(factory, capabilities, route, queue)
    else sharing(factory, route, queue)
  }
}

function oneAtATime(factory: BrokerFactory, { keepsMessages }: BrokerCapabilities, route: Route, queue: Queue): void {
  /** A first consumer that holds some messages while others wait, and a second one that is rejected. */
  const contested = async (first: Broker, second: Broker) => {
    const holder = await becomeTheOne(first, queue, HELD)
    for (const text of TEXTS) await first.publish(route, messageOf(text))
    assert.deepEqual((await holder.takeAll(HELD)).map(textOf), TEXTS.slice(0, HELD))
    assert.equal(await openAlone(second, queue), null)
    return holder
  }
  /** What the first one held arrives before anything else. */
  const takesAllOver = async (second: Broker) => {
    const deliveries = await (await becomeTheOne(second, queue)).takeAll(TEXTS.length)
    const texts = deliveries.map(textOf)
    assert.deepEqual(new Set(texts.slice(0, HELD)), new Set(TEXTS.slice(0, HELD)))
    assert.deepEqual(new Set(texts), new Set(TEXTS))
    for (const delivery of deliveries) await delivery.acknowledge()
    assert.partialDeepStrictEqual(
      await eventually(
        () => second.depth(queue),
        ({ waiting, unacknowledged }) => waiting + unacknowledged === 0,
      ),
      { waiting: 0, unacknowledged: 0 },
    )
  }

  test(`${queue}: a second exclusive consumer waits until the first stops, then gets all messages`, async (t) => {
    const { broker } = await openPlace(t, factory)
    const holder = await contested(broker, broker)
    await holder.consumer.stop()
    await takesAllOver(broker)
    assert.deepEqual(holder.begun.map(textOf), TEXTS.slice(0, HELD))
    assert.deepEqual(holder.troubles, [])
  })

  test(`${queue}: a stopped consumer may start again at once`, async (t) => {
    const { broker } = await openPlace(t, factory)
    for (let time = 0; time < 5; time++) {
      const inbox = await openAlone(broker, queue)
      assert.ok(inbox, `rejected after attempt ${time}`)
      await inbox.consumer.stop()
    }
  })

  test(`${queue}: an exclusive consumer whose handler fails continues, and others stay out`, async (t) => {
    const { broker } = await openPlace(t, factory)
    const told = Promise.withResolvers<Error>()
    const options = { prefetch: 1, exclusive: true, onTrouble: told.resolve }
    const consumer = await broker.consume(queue, options, () => {
      throw new Error('the receiver broke')
    })
    for (const text of TEXTS) await broker.publish(route, messageOf(text))
    await within(told.promise, 'the trouble')
    assert.equal(await openAlone(broker, queue), null)
    await consumer.stop()
    const all = await (await becomeTheOne(broker, queue)).takeAll(TEXTS.length)
    assert.deepEqual(new Set(all.map(textOf)), new Set(TEXTS))
  })

  if (keepsMessages) {
    test(`${queue}: an exclusive consumer excludes other processes until it ends`, async (t) => {
      const { broker, reopen } = await openPlace(t, factory)
      assert.ok(reopen)
      const other = await reopen()
      await contested(broker, other)
      await broker.close()
      await takesAllOver(other)
    })

    test(`${queue}: of concurrent exclusive consumers at most one is admitted`, async (t) => {
      const { broker, reopen } = await openPlace(t, factory)
      assert.ok(reopen)
      const brokers = [broker, await reopen(), await reopen()]
      // From here on, only consuming remains.
      for (const each of brokers) await each.depth(queue)
      for (let round = 0; round < 5; round++) {
        const tries = await Promise.all(brokers.map((each) => openAlone(each, queue)))
        const inboxes = tries.filter((each) => each !== null)
        // All may have stepped back; the next one that comes alone is admitted.
        if (inboxes.length === 0) inboxes.push(await becomeTheOne(broker, queue))
        // Two consumers would share these.
        for (const text of TEXTS) await broker.publish(route, messageOf(text))
        const deliveries = await within(
          Promise.race(inboxes.map((inbox) => inbox.takeAll(TEXTS.length))),
          'all messages at one of them',
        )
        assert.deepEqual(deliveries.map(textOf).sort(), TEXTS)
        assert.equal(inboxes.filter((inbox) => inbox.begun.length > 0).length, 1)
        for (const delivery of deliveries) await delivery.acknowledge()
        for (const { consumer } of inboxes) await consumer.stop()
      }
    })
  }
}

function sharing(factory: BrokerFactory, route: Route, queue: Queue): void {
  test(`${queue}: exclusive consumers share the messages; what one held goes to the other`, async (t) => {
    const { broker } = await openPlace(t, factory)
    const inboxes = [await becomeTheOne(broker, queue), await becomeTheOne(broker, queue)] as const
    for (const text of TEXTS) await broker.publish(route, messageOf(text))
    const begun = await eventually(
      async () => inboxes.flatMap((inbox) => inbox.begun),
      ({ length }) => length === TEXTS.length,
    )
    assert.deepEqual(begun.map(textOf).sort(), TEXTS)
    const [first, second] = inboxes
    const held = first.begun.length
    await first.consumer.stop()
    const all = await eventually(
      async () => second.begun,
      ({ length }) => length === TEXTS.length,
    )
    assert.deepEqual(all.map(textOf).sort(), TEXTS)
    assert.equal(first.begun.length, held)
  })
}
