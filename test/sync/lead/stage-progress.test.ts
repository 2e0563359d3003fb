import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Manifest } from '../../../src/ports/run-ledger.ts'
import { isComplete, QueueQuiet, StallDetector } from '../../../src/sync/lead/stage-progress.ts'

const came = (differing: Partial<Manifest> = {}): Manifest => ({
  messages: 2,
  rows: 700,
  failedRows: 0,
  withoutTrainee: 0,
  ...differing,
})

describe('a stage is complete', () => {
  for (const [what, reported, complete] of [
    ['if all that was reported was received', { messages: 2, rows: 700 }, true],
    ['not while a message is missing', { messages: 3, rows: 700 }, false],
    ['not while rows are missing', { messages: 2, rows: 701 }, false],
    ['not if more was received than reported', { messages: 1, rows: 200 }, false],
  ] as const) {
    test(what, () => assert.equal(isComplete(reported, came()), complete))
  }
  test('if nothing was reported and nothing received', () => {
    assert.equal(isComplete({ messages: 0, rows: 0 }, came({ messages: 0, rows: 0 })), true)
  })
})

describe('a stage that is checked from time to time', () => {
  test('stalls if nothing is received for too long', () => {
    const movement = new StallDetector()
    assert.equal(movement.hasStalled(came(), 1_500, 100), false)
    assert.equal(movement.hasStalled(came(), 1_600, 100), false)
    assert.equal(movement.hasStalled(came(), 1_601, 100), true)
  })

  test('has stalled since the first check if it never progressed', () => {
    const movement = new StallDetector()
    const none = came({ messages: 0, rows: 0 })
    assert.equal(movement.hasStalled(none, 1_050, 100), false)
    assert.equal(movement.hasStalled(none, 1_151, 100), true)
  })

  for (const moved of [{ messages: 3 }, { rows: 701 }, { failedRows: 1 }, { withoutTrainee: 1 }]) {
    test(`progresses again with more ${Object.keys(moved).join('')}`, () => {
      const movement = new StallDetector()
      movement.hasStalled(came(), 0, 100)
      assert.equal(movement.hasStalled(came(moved), 101, 100), false)
      assert.equal(movement.hasStalled(came(moved), 201, 100), false)
      assert.equal(movement.hasStalled(came(moved), 202, 100), true)
    })
  }
})

describe('a queue has been quiet', () => {
  const EMPTY = { waiting: 0, unacknowledged: 0 }
  test('since the first check, if nothing arrived', () => {
    assert.equal(new QueueQuiet(100).quietFor(EMPTY, 0, 350), 250)
  })
  test('since the last message arrived or was processed', () => {
    assert.equal(new QueueQuiet(100).quietFor(EMPTY, 300, 350), 50)
  })
  for (const depth of [
    { waiting: 1, unacknowledged: 0 },
    { waiting: 0, unacknowledged: 1 },
  ]) {
    test(`not while it holds ${JSON.stringify(depth)}, and from then on`, () => {
      const quiet = new QueueQuiet(100)
      assert.equal(quiet.quietFor(depth, 0, 350), 0)
      assert.equal(quiet.quietFor(EMPTY, 0, 400), 50)
    })
  }
})
