import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { eventually, Inbox, messageOf, textOf } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** Messages that cannot be processed are stored with the reason. */
export function deadLetters(factory: BrokerFactory, routes: readonly [Route, ...Route[]]): void {
  const [route] = routes
  const [queue] = queuesOf(route)

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
        letters.map((letter) => ({ ...letter, body: textOf(letter) })),
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

  test('reading dead letters respects the limit', async (t) => {
    const { broker } = await openPlace(t, factory)
    const inbox = await Inbox.open(broker, queue, 1)
    for (const text of ['one', 'two', 'three']) {
      await broker.publish(route, messageOf(text))
      await (await inbox.take()).deadLetter('MESSAGE_INVALID', text)
    }
    assert.deepEqual(await broker.deadLetters(queue, 0), [])
    const two = await eventually(
      () => broker.deadLetters(queue, 2),
      ({ length }) => length === 2,
    )
    assert.equal(two.length, 2)
  })

  for (const shared of routes) {
    const [one, other] = queuesOf(shared)
    if (other === undefined) continue
    test(`the queues of ${shared} end their messages independently`, async (t) => {
      const { broker } = await openPlace(t, factory)
      await broker.publish(shared, messageOf('to both'))
      await (await (await Inbox.open(broker, one)).take()).deadLetter('MESSAGE_INVALID', 'not here')
      const inbox = await Inbox.open(broker, other)
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
