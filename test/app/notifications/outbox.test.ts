import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  dueOf,
  TRIED_FOR_MS,
  withMade,
  withoutOtherDestinations,
  withTried,
} from '../../../src/app/notifications/outbox.ts'
import { NOTIFICATIONS_KEPT, type Notifications } from '../../../src/ports/notifications.ts'
import { aNotification, AT } from './a-notification.ts'

const EMPTY: Notifications = { since: 0, made: [], behind: [], notifications: [] }
const MADE = withMade(EMPTY, [aNotification()], ['webhook', 'mail'])
const ID = aNotification().id

test('a notification is made once, however often it follows from the ledger', () => {
  assert.deepEqual(MADE.made, [ID])
  assert.deepEqual(withMade(MADE, [aNotification()], ['webhook']), MADE)
  const dropped = { ...MADE, notifications: [] }
  assert.deepEqual(withMade(dropped, [aNotification()], ['webhook']), dropped)
})

test('the queue is bounded: the oldest are dropped', () => {
  const many = Array.from({ length: NOTIFICATIONS_KEPT + 5 }, (_, at) => aNotification({ id: `n${at}` }))
  const { notifications } = many.reduce((known, each) => withMade(known, [each], ['mail']), EMPTY)
  assert.deepEqual([notifications.length, notifications[0]?.id, notifications.at(-1)?.id], [50, 'n54', 'n5'])
})

test('a delivery that failed is tried later and later, and given up after a day', () => {
  let known = MADE
  const waits: number[] = []
  let at = AT
  for (;;) {
    known = withTried(known, [{ id: ID, destination: 'mail', at, reason: 'away' }])
    const { next } = dueOf(known, 'mail', at)
    if (next === null) break
    waits.push((next - at) / 1_000)
    assert.deepEqual(dueOf(known, 'mail', next - 1).due, [])
    assert.equal(dueOf(known, 'mail', next).due[0]?.id, ID)
    at = next
  }
  assert.deepEqual(waits.slice(0, 7), [10, 30, 120, 600, 1_800, 1_800, 1_800])
  assert.ok(at - AT >= TRIED_FOR_MS)
  const delivery = known.notifications[0]?.deliveries.find(({ destination }) => destination === 'mail')
  assert.deepEqual([delivery?.state, delivery?.reason, delivery?.tries], ['given up', 'away', waits.length + 1])
  // The other destination has its own pace.
  assert.equal(dueOf(known, 'webhook', AT).due.length, 1)
})

test('what was delivered is over, and stays so if a late failure of another process arrives', () => {
  const delivered = withTried(MADE, [{ id: ID, destination: 'mail', at: AT, reason: null }])
  assert.deepEqual(dueOf(delivered, 'mail', AT + 1), { due: [], next: null })
  const late = withTried(delivered, [{ id: ID, destination: 'mail', at: AT, reason: 'away' }])
  assert.deepEqual(dueOf(late, 'mail', AT + 1e9), { due: [], next: null })
})

test('several are sent oldest first', () => {
  const two = withMade(MADE, [aNotification({ id: 'second' })], ['mail'])
  assert.deepEqual(
    dueOf(two, 'mail', AT).due.map(({ id }) => id),
    [ID, 'second'],
  )
})

test('a destination that is no longer configured is given up', () => {
  const without = withoutOtherDestinations(MADE, ['webhook'])
  assert.deepEqual(
    without.notifications[0]?.deliveries.map(({ destination, state }) => [destination, state]),
    [
      ['webhook', 'waiting'],
      ['mail', 'given up'],
    ],
  )
  assert.equal(withoutOtherDestinations(without, ['webhook']), without)
})
