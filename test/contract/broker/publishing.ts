import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../../src/ports/broker.ts'
import { Inbox, messageOf, textOf, within } from './inbox.ts'
import { openPlace, queuesOf, type BrokerFactory } from './place.ts'

/** When a sender waits, and how it stops waiting. */
export function publishing(factory: BrokerFactory, route: Route): void {
  const [queue] = queuesOf(route)

  test('a sender that was aborted before sends nothing', async (t) => {
    const { broker } = await openPlace(t, factory)
    const reason = new Error('cancelled')
    await assert.rejects(broker.publish(route, messageOf('never'), AbortSignal.abort(reason)), reason)
    await broker.publish(route, messageOf('sent'))
    const inbox = await Inbox.open(broker, queue)
    assert.equal(textOf(await inbox.take()), 'sent')
    assert.equal(inbox.begun.length, 1)
  })

  test('a sender cannot outrun its receiver, and can stop waiting', async (t) => {
    const limit = 5
    const { broker } = await openPlace(t, factory, { waitingLimit: limit })
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const accepted: string[] = []
    const sending = Array.from({ length: 20 * limit }, async (_, index) => {
      await broker.publish(route, messageOf(`${index}`), stop.signal)
      accepted.push(`${index}`)
    })
    await within(Promise.race(sending), 'a first message to be accepted')
    stop.abort(reason)
    const results = await within(Promise.allSettled(sending), 'every sender to go on or give up')
    const refused = results.filter((result) => result.status === 'rejected')
    assert.ok(accepted.length <= 10 * limit, `${accepted.length} were accepted without a receiver`)
    assert.ok(refused.every((result) => result.reason === reason))

    const inbox = await Inbox.open(broker, queue, 2)
    const texts = new Set<unknown>()
    while (!accepted.every((text) => texts.has(text))) {
      const delivery = await inbox.take()
      texts.add(textOf(delivery))
      await delivery.acknowledge()
    }
    await within(broker.publish(route, messageOf('there is room again')), 'room for another message')
  })
}
