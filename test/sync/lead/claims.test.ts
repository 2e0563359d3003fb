import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failureOf, claimOf, editionsDiffer } from '../../../src/sync/lead/claims.ts'
import { aClaim, aRun } from '../examples.ts'
import { ledgerFor } from '../a-context.ts'

describe('two sources', () => {
  for (const [first, second, reason] of [
    ['1', '1', null],
    [null, '1', null],
    ['1', null, null],
    [null, null, null],
    ['1', '2', 'the sources were replaced between trainees and doctors'],
  ] as const) {
    test(`of the editions ${first} and ${second} ${reason === null ? 'can be combined' : 'cannot be combined'}`, () => {
      assert.equal(editionsDiffer({ of: 'trainees', edition: first }, { of: 'doctors', edition: second }), reason)
    })
  }
})

describe('a service that failed', () => {
  const failure = { code: 'SOURCE_FAILED', reason: 'the connection is gone', transient: true } as const
  test('with a transient error restarts the run', () => {
    const reason = failureOf(aClaim({ failure }), 'while sending trainees')
    assert.equal(reason, 'tcs failed while sending trainees: the connection is gone')
  })
  test('with any other error ends the run, with its code and reason', () => {
    const claim = aClaim({ failure: { ...failure, transient: false } })
    assert.throws(() => failureOf(claim, ''), { code: 'SOURCE_FAILED', message: 'the connection is gone' })
  })
  test('has a failure in its claim', () => assert.equal(failureOf(aClaim(), ''), null))
})

describe('the claim of a stage', () => {
  test('is the one of the generation that the run builds', async (t) => {
    const ledger = await ledgerFor(t)
    const claim = aClaim({ generation: 'g-2' })
    await ledger.save('claim', 'g-2/trainees/tcs', claim, 'new')
    const found = (generation: string | null) => claimOf({ ledger }, aRun({ generation }), 'trainees', 'tcs')
    assert.deepEqual(await found('g-2'), claim)
    assert.equal(await found('g-1'), null)
    assert.equal(await found(null), null)
    assert.equal(await claimOf({ ledger }, aRun({ generation: 'g-2' }), 'doctors', 'tcs'), null)
    assert.equal(await claimOf({ ledger }, aRun({ generation: 'g-2' }), 'trainees', 'connection'), null)
  })
})
