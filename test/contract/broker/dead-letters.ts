import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Broker, DeadLetter, Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** Tolerance between the clocks of the test and the server. */
const CLOCK_TOLERANCE = 20

/** Messages that cannot be processed are stored with the reason. */
export function deadLetters(factory: BrokerFactory, routes: readonly [Route, ...Route[]]): void {
  const [route] = routes
  const [queue] = queuesOf(route)

  const putAside = async (broker: Broker, texts: readonly string[]): Promise<void> => {
    const inbox = await Inbox.open(broker, queue, 1)
    for (const text of texts) {
      await broker.publish(route, messageOf(text))
      await (await inbox.take()).deadLetter('MESSAGE_INVALID', text)
    }
    await inbox.consumer.stop()
  }
  /** All dead letters, once there are so many. */
  const all = (broker: Broker, count: number): Promise<readonly DeadLetter[]> =>
    eventually(
      () => broker.deadLetters(queue, 100),
      ({ length }) => length === count,
    )

  test('a dead letter keeps its code and reason when read repeatedly, and is not redelivered', async (t) => {
    const { broker } = await openPlace(t, factory)
    await broker.publish(route, messageOf('poison', { run: '7', sequence: '3' }))
    const inbox = await Inbox.open(broker, queue, 1)
    await (await inbox.take()).deadLetter('MESSAGE_INVALID', 'doctorFirstName: "Zoë" is no number 𝒵')
    await broker.publish(route, messageOf('sound'))
    assert.equal(textOf(await inbox.take()), 'sound')
    for (let reading = 0; reading < 2; reading++) {
      const letters = await eventually(
        () => broker.deadLetters(queue, 10),
        ({ length }) => length === 1,
      )
      assert.deepEqual(
        letters.map(({ attributes, code, reason, ...letter }) => ({ body: textOf(letter), attributes, code, reason })),
        [
          {
            body: 'poison',
            attributes: { run: '7', sequence: '3' },
            code: 'MESSAGE_INVALID',
            reason: 'doctorFirstName: "Zoë" is no number 𝒵',
          },
        ],
      )
    }
  })

  test('dead letters are counted, also after they were read', async (t) => {
    const { broker } = await openPlace(t, factory)
    assert.equal(await broker.countDeadLetters(queue), 0)
    await putAside(broker, ['one', 'two'])
    const counted = () =>
      eventually(
        () => broker.countDeadLetters(queue),
        (count) => count === 2,
      )
    assert.equal(await counted(), 2)
    await all(broker, 2)
    assert.equal(await counted(), 2)
  })

  test('every dead letter is visited once, and stays, also if the visitor throws', async (t) => {
    const { broker } = await openPlace(t, factory)
    const texts = Array.from({ length: 25 }, (_, at) => `letter ${at}`)
    await broker.eachDeadLetter(queue, () => assert.fail('there is none'))
    await putAside(broker, texts)
    await all(broker, texts.length)
    for (let time = 1; time <= 2; time += 1) {
      const visited: DeadLetter[] = []
      await broker.eachDeadLetter(queue, (letter) => visited.push(letter))
      assert.deepEqual(visited.map(textOf).sort(), texts.toSorted())
      assert.deepEqual(new Set(visited.map(({ reason }) => reason)), new Set(texts))
    }
    const thrown = new Error('the visitor has seen enough')
    const visiting = broker.eachDeadLetter(queue, () => {
      throw thrown
    })
    await assert.rejects(visiting, thrown)
    assert.deepEqual((await all(broker, texts.length)).map(textOf).sort(), texts.toSorted())
  })

  test('reading dead letters respects the limit', async (t) => {
    const { broker } = await openPlace(t, factory)
    await putAside(broker, ['one', 'two', 'three'])
    assert.deepEqual(await broker.deadLetters(queue, 0), [])
    const two = await eventually(
      () => broker.deadLetters(queue, 2),
      ({ length }) => length === 2,
    )
    assert.equal(two.length, 2)
  })

  test('a dead letter has an id of its own that stays, and says when it was put aside', async (t) => {
    const { broker, wallClock } = await openPlace(t, factory)
    const before = wallClock()
    await putAside(broker, ['same', 'same'])
    const after = wallClock()
    const first = await all(broker, 2)
    assert.equal(new Set(first.map(({ id }) => id)).size, 2)
    for (const { at } of first)
      assert.ok(at !== null && at >= before - CLOCK_TOLERANCE && at <= after + CLOCK_TOLERANCE)
    const second = await all(broker, 2)
    assert.deepEqual(second, first)
  })

  test('chosen dead letters are removed; the others stay in their order, with their ids', async (t) => {
    const { broker } = await openPlace(t, factory)
    await putAside(broker, ['one', 'two', 'three', 'four', 'five'])
    const letters = await all(broker, 5)
    const ids = letters.filter((letter) => ['two', 'four'].includes(String(textOf(letter)))).map(({ id }) => id)
    assert.equal(await broker.removeDeadLetters(queue, [...ids, 'unknown']), 2)
    const left = letters.filter(({ id }) => !ids.includes(id))
    for (let reading = 0; reading < 2; reading++) assert.deepEqual(await all(broker, 3), left)
    assert.equal(await broker.removeDeadLetters(queue, ids), 0)
    assert.equal(await broker.removeDeadLetters(queue, []), 0)
    assert.deepEqual(await all(broker, 3), left)
    await putAside(broker, ['six'])
    assert.deepEqual((await all(broker, 4)).map(textOf), ['one', 'three', 'five', 'six'])
    const remaining = (await all(broker, 4)).map(({ id }) => id)
    assert.equal(await broker.removeDeadLetters(queue, remaining), 4)
    assert.deepEqual(await all(broker, 0), [])
  })

  for (const shared of routes) {
    const [one, other] = queuesOf(shared)
    if (other === undefined) continue
    test(`the queues of ${shared} end their messages independently`, async (t) => {
      const { broker } = await openPlace(t, factory)
      const refusing = await Inbox.open(broker, one)
      const inbox = await Inbox.open(broker, other)
      await broker.publish(shared, messageOf('to both'))
      await (await refusing.take()).deadLetter('MESSAGE_INVALID', 'not here')
      const first = await inbox.take()
      assert.equal(first.deliveries, 1)
      await first.giveBack()
      await (await inbox.take()).acknowledge()
      const letters = await eventually(
        () => broker.deadLetters(one, 10),
        ({ length }) => length === 1,
      )
      assert.deepEqual(letters.map(textOf), ['to both'])
      assert.deepEqual(await broker.deadLetters(other, 10), [])
    })
  }
}
