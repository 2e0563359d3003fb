import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HintedKey } from '../../../src/messages/hint.ts'
import type { Channel } from '../../../src/ports/changes.ts'
import { ChangeInbox, type PendingChange } from '../../../src/sync/refresh/change-inbox.ts'
import { DELIVERED } from '../examples.ts'

function change(sentAt: number, persons: readonly number[], channel: Channel = 'traineeChanged'): PendingChange {
  const keys = persons.map((tcsPersonId): HintedKey => ({ kind: 'person', tcsPersonId }))
  return { channel, delivery: DELIVERED, sentAt, keys, fault: null, isRepeat: false }
}

const sentAts = (changes: readonly PendingChange[]) => changes.map(({ sentAt }) => sentAt)

describe('the messages of a batch', () => {
  test('are the first with so many distinct keys', () => {
    const inbox = new ChangeInbox()
    for (const [at, persons] of [[1, 2], [2, 1], [1], [3], [1]].entries()) inbox.add(change(at, persons))
    assert.deepEqual(sentAts(inbox.take(0, 2)), [0, 1, 2])
    assert.deepEqual(sentAts(inbox.take(0, 2)), [3, 4])
    assert.deepEqual(inbox.take(0, 2), [])
  })

  test('are one at least, however many keys it has', () => {
    const inbox = new ChangeInbox()
    inbox.add(change(1, [1, 2, 3]))
    inbox.add(change(2, [4]))
    assert.deepEqual(sentAts(inbox.take(0, 2)), [1])
  })

  test('are first those whose second refresh is due', () => {
    const inbox = new ChangeInbox()
    assert.equal(inbox.nextAt(5), null)
    inbox.repeatAt(10, change(1, [1]))
    inbox.repeatAt(20, change(2, [2]))
    assert.equal(inbox.nextAt(5), 10)
    assert.deepEqual(inbox.take(9, 100), [])
    inbox.add(change(3, [3]))
    assert.equal(inbox.nextAt(10), 10)
    const taken = inbox.take(10, 100)
    assert.deepEqual(sentAts(taken), [1, 3])
    assert.deepEqual(
      taken.map(({ isRepeat }) => isRepeat),
      [true, false],
    )
    assert.equal(inbox.nextAt(10), 20)
  })
})

test('what is in progress on a channel counts until it is done, also while it waits for its second refresh', () => {
  const inbox = new ChangeInbox()
  inbox.add(change(7, [1]))
  inbox.add(change(5, [2], 'doctorChanged'))
  inbox.repeatAt(10, change(3, [3]))
  assert.deepEqual(inbox.load('traineeChanged'), { messages: 2, oldestAt: 3 })
  inbox.take(0, 1)
  assert.deepEqual(inbox.load('traineeChanged'), { messages: 2, oldestAt: 3 })
  inbox.done()
  assert.deepEqual(inbox.load('traineeChanged'), { messages: 1, oldestAt: 3 })
  assert.deepEqual(inbox.load('recommendationChanged'), { messages: 0, oldestAt: null })
})
