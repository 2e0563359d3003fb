import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { openInProcessBroker } from '../../src/adapters/broker/in-process/broker.ts'
import { DEFAULT_TOPOLOGY } from '../../src/messages/topology.ts'
import type { Route } from '../../src/ports/broker.ts'
import { ManualClock } from '../clock/manual-clock.ts'
import { brokerContract, type BrokerFactory } from '../contract/broker.ts'
import { eventually, Inbox, messageOf, textOf } from '../contract/broker/inbox.ts'
import { losingNothing } from '../contract/broker/losing-nothing.ts'
import { UnrulyBroker, type Unruliness } from './unruly-broker.ts'

function factoryOf(unruliness: Unruliness): BrokerFactory {
  return async () => {
    const clock = new ManualClock()
    const inner = openInProcessBroker({
      topology: DEFAULT_TOPOLOGY,
      clock,
    })
    const broker = new UnrulyBroker(inner, unruliness)
    return {
      broker,
      now: () => clock.now(),
      wallClock: () => clock.now(),
      passTime: (milliseconds) => clock.advance(milliseconds),
      dispose: () => broker.close(),
    }
  }
}

const TEXTS = Array.from({ length: 40 }, (_, index) => `${index}`)

/** What a receiver gets if these texts are sent one after another. */
async function received(unruliness: Unruliness, route: Route = 'traineeData'): Promise<string[]> {
  const inner = openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock: new ManualClock() })
  const broker = new UnrulyBroker(inner, unruliness)
  try {
    const inbox = await Inbox.open(broker, 'traineeData', 1_000)
    for (const text of TEXTS) await broker.publish(route, messageOf(text))
    await broker.settled()
    const { waiting, unacknowledged } = await eventually(
      () => broker.depth('traineeData'),
      (depth) => depth.waiting === 0,
    )
    assert.equal(waiting, 0)
    return (await inbox.takeAll(unacknowledged)).map((delivery) => String(textOf(delivery)))
  } finally {
    await broker.close()
  }
}

function open(t: TestContext, unruliness: Unruliness): UnrulyBroker {
  const broker = new UnrulyBroker(
    openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock: new ManualClock() }),
    unruliness,
  )
  t.after(() => broker.close())
  return broker
}

describe('an unruly broker that behaves', () => {
  const odds = { doubled: 0, heldBack: 0, unacknowledged: 0 }
  brokerContract(factoryOf({ seed: 1, ...odds }), { keepsMessages: false, exclusive: true })
})

describe('an unruly broker', () => {
  for (const seed of [1, 2, 3]) losingNothing(factoryOf({ seed }), 'traineeData')

  test('delivers every message at least once, whatever its seed and odds', async () => {
    const odds = fc.constantFrom(0, 0.3, 1)
    const unruliness = fc.record({ seed: fc.integer(), doubled: odds, heldBack: odds, unacknowledged: odds })
    const property = fc.asyncProperty(unruliness, async (each) => {
      const texts = await received(each)
      assert.deepEqual(new Set(texts), new Set(TEXTS))
      if (each.doubled === 0) assert.equal(texts.length, TEXTS.length)
      if (each.doubled === 1) assert.equal(texts.length, 2 * TEXTS.length)
      if (each.doubled + each.heldBack === 0) assert.deepEqual(texts, TEXTS)
    })
    await fc.assert(property, { numRuns: 25 })
  })

  test('duplicates and reorders messages, including the last one, and differs by seed', async () => {
    const orders = await Promise.all(Array.from({ length: 10 }, (_, seed) => received({ seed })))
    for (const texts of orders) {
      assert.ok(texts.length > TEXTS.length)
      assert.notDeepEqual([...new Set(texts)], TEXTS)
    }
    assert.ok(orders.some((texts) => texts.at(-1) !== TEXTS.at(-1)))
    assert.equal(new Set(orders.map(String)).size, orders.length)
  })

  test('behaves the same for the same seed', async () => {
    assert.deepEqual(await received({ seed: 7 }), await received({ seed: 7 }))
  })

  test('leaves other routes unchanged', async () => {
    const texts = await received({ seed: 7, routes: ['doctorData'], doubled: 1, heldBack: 1 })
    assert.deepEqual(texts, TEXTS)
  })

  test('counts held-back messages as waiting, in every queue of the route', async (t) => {
    const broker = open(t, { seed: 1, doubled: 0, heldBack: 1 })
    await broker.publish('getMaster', messageOf('held'))
    assert.partialDeepStrictEqual(await broker.depth('getMaster.connection'), { waiting: 1, unacknowledged: 0 })
    assert.partialDeepStrictEqual(await broker.depth('getMaster.recommendation'), { waiting: 1, unacknowledged: 0 })
    assert.partialDeepStrictEqual(await broker.depth('syncStart'), { waiting: 0, unacknowledged: 0 })
    const inbox = await Inbox.open(broker, 'getMaster.connection')
    assert.equal(inbox.begun.length, 0)
    assert.equal(textOf(await inbox.take()), 'held')
  })

  test('loses the first acknowledgement of a message, never the second', async (t) => {
    const broker = open(t, { seed: 1, doubled: 0, heldBack: 0, unacknowledged: 1 })
    const inbox = await Inbox.open(broker, 'traineeData')
    await broker.publish('traineeData', messageOf('again'))
    await (await inbox.take()).acknowledge()
    const second = await inbox.take()
    assert.equal(second.deliveries, 2)
    await second.acknowledge()
    assert.partialDeepStrictEqual(await broker.depth('traineeData'), { waiting: 0, unacknowledged: 0 })
  })

  test('reports that the broker refused a held-back message', async () => {
    const inner = openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock: new ManualClock() })
    const broker = new UnrulyBroker(inner, { seed: 1, heldBack: 1 })
    await broker.publish('traineeData', messageOf('held'))
    await inner.close()
    await assert.rejects(broker.settled(), { code: 'BROKER_CLOSED' })
  })
})
