import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { SequenceSet } from '../../../src/sync/receive/sequence-set.ts'
import { StageManifest, type MessageAccount } from '../../../src/sync/receive/stage-manifest.ts'

test('a sequence set is a set, in whatever order its numbers come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (sequences) => {
      const set = new SequenceSet()
      const model = new Set<number>()
      for (const sequence of sequences) {
        assert.equal(set.add(sequence), !model.has(sequence))
        model.add(sequence)
        assert.equal(set.size, model.size)
      }
      for (let sequence = 1; sequence <= 30; sequence += 1) assert.equal(set.has(sequence), model.has(sequence))
    }),
  )
})

const account = (sequence: number, differing: Partial<MessageAccount> = {}): MessageAccount => ({
  sequence,
  rows: 500,
  failedRows: 0,
  withoutTrainee: 10,
  lostTrainees: 0,
  digest: 'same',
  ...differing,
})

describe('what was received of an attempt', () => {
  test('is the sum of its messages', () => {
    const manifest = new StageManifest('a')
    manifest.add(account(1, { failedRows: 2, lostTrainees: 1 }))
    manifest.add(account(2, { rows: 7, withoutTrainee: 0, digest: 'different' }))
    manifest.add(account(3, { digest: 'skipped' }))
    assert.deepEqual(manifest.counts, { messages: 3, rows: 1_007, failedRows: 2, withoutTrainee: 20 })
    assert.deepEqual(manifest.digests, { compared: 2, different: 1, skipped: 1 })
    assert.equal(manifest.lostTrainees, 1)
  })

  test('belongs to that attempt, and tells whether a message is new', () => {
    const manifest = new StageManifest('a')
    assert.equal(manifest.attempt, 'a')
    assert.deepEqual(
      [manifest.add(account(1)), manifest.add(account(1)), manifest.add(account(2))],
      [true, false, true],
    )
  })

  test('counts a message once, however often and in whatever order it arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (deliveries) => {
        const manifest = new StageManifest('a')
        for (const sequence of deliveries) manifest.add(account(sequence, { rows: sequence }))
        const distinct = [...new Set(deliveries)]
        assert.equal(manifest.counts.messages, distinct.length)
        assert.equal(
          manifest.counts.rows,
          distinct.reduce((sum, sequence) => sum + sequence, 0),
        )
      }),
    )
  })
})
