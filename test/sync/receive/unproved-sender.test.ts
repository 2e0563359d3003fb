import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnprovedSender, unprovedAttempt } from '../../../src/sync/receive/unproved-sender.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aRun } from '../examples.ts'

const RUN = aRun({ generation: 'g-1' })

test('a sender without headers is busy until its last message is processed, and quiet from then on', async () => {
  const clock = new ManualClock()
  await clock.advance(100)
  const sender = new UnprovedSender(clock, RUN)
  assert.deepEqual([sender.hasMessages, sender.lastActivityAt], [false, 100])
  sender.received()
  sender.received()
  await clock.advance(50)
  assert.deepEqual([sender.hasMessages, sender.lastActivityAt], [true, 150])
  sender.done()
  await clock.advance(50)
  assert.equal(sender.lastActivityAt, 200)
  sender.done()
  await clock.advance(50)
  assert.equal(sender.lastActivityAt, 200)
})

test('it has ended once its end message arrived', () => {
  const sender = new UnprovedSender(new ManualClock(), RUN)
  assert.equal(sender.hasEnded, false)
  sender.ended()
  assert.equal(sender.hasEnded, true)
})

test('its messages are numbered from 1 on arrival, in an attempt of their own', () => {
  const sender = new UnprovedSender(new ManualClock(), RUN)
  const place = { kind: 'data', run: 'run-1', generation: 'g-1', attempt: 'unproved-g-1', digest: null }
  assert.deepEqual(sender.headersOf(7), { ...place, sequence: 1, rows: 7 })
  assert.deepEqual(sender.headersOf(1), { ...place, sequence: 2, rows: 1 })
})

test('it has an attempt even in a run without a generation: its messages belong to none', () => {
  assert.equal(unprovedAttempt(aRun()), 'unproved-')
  const { generation, attempt } = new UnprovedSender(new ManualClock(), aRun()).headersOf(1)
  assert.deepEqual([generation, attempt], ['', 'unproved-'])
})
