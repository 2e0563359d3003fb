import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import type { Purpose, Repair, Run, RunEvidence } from '../../../src/ports/run-ledger.ts'
import type { Verification } from '../../../src/ports/verification.ts'
import {
  afterComparing,
  mayGoLive,
  refusalAtSwitch,
  refusalOfVerification,
  refuseMovedLive,
  skippedStages,
  withCompared,
} from '../../../src/sync/lead/run-purpose.ts'
import { ONE_OF_EACH } from '../../contract/run-ledger/samples.ts'
import { aRun, kept } from '../examples.ts'

const EVIDENCE: RunEvidence | null = ONE_OF_EACH.run.evidence

function run(purpose: Purpose, code: ErrorCode | null = null, differing: Partial<Run> = {}): Run {
  const evidence = EVIDENCE && { ...EVIDENCE, refusal: code && { code, reason: 'so' }, accepted: null }
  return aRun({ purpose, state: 'comparing', evidence, ...differing })
}

const MOVES = { code: 'PREVIEW_SHARE', reason: 'too much would move' } as const
const compared = (differing: object = {}) => ({ comparison: null, verification: null, refusal: null, ...differing })
const found = (different: number, repair: Repair | null = null): Verification => ({
  ...ONE_OF_EACH.verification,
  ...{ missing: 0, surplus: 0, different, tables: null },
  repaired: repair && { how: repair, at: 1, remaining: 0 },
})

test('lists are made readable unless what was built is only compared', () => {
  for (const purpose of ['sync', 'preview'] as const) assert.ok(mayGoLive(run(purpose)))
  assert.ok(mayGoLive(run('verify', null, { repair: 'promote' })))
  for (const repair of ['rows', null] as const) assert.ok(!mayGoLive(run('verify', null, { repair })))
})

describe('after it was compared with live', () => {
  const held = (each: ReturnType<typeof afterComparing>) =>
    each.kind === 'end' ? [each.state, each.error?.code, each.stage] : each.kind

  test('a preview is held back, by its checks if they refused it', () => {
    assert.deepEqual(held(afterComparing(run('preview'), compared())), ['held back', 'PREVIEW', 'comparing'])
    const refused = run('preview', 'CHECK_UNLIKE', { expect: 'another year' })
    assert.deepEqual(held(afterComparing(refused, compared())), ['held back', 'CHECK_UNLIKE', 'checking'])
  })
  test('a sync goes live, unless it moves too much and that was not expected', () => {
    assert.equal(held(afterComparing(run('sync'), compared())), 'promote')
    const tooMuch = compared({ refusal: MOVES })
    assert.deepEqual(held(afterComparing(run('sync'), tooMuch)), ['held back', 'PREVIEW_SHARE', 'comparing'])
    assert.equal(held(afterComparing(run('sync', null, { expect: 'another year' }), tooMuch)), 'promote')
  })
  test('a verification is verified; what it built goes live only to repair live, and if its checks allow it', () => {
    const verified = ['verified', undefined, 'comparing']
    const differs = compared({ verification: found(1) })
    assert.deepEqual(held(afterComparing(run('verify'), differs)), verified)
    assert.deepEqual(held(afterComparing(run('verify', 'CHECK_UNLIKE'), differs)), verified)
    const repairing = { repair: 'promote' } as const
    assert.equal(held(afterComparing(run('verify', null, repairing), differs)), 'promote')
    const same = compared({ verification: found(0) })
    assert.deepEqual(held(afterComparing(run('verify', null, repairing), same)), verified)
    const unlike = run('verify', 'CHECK_UNLIKE', repairing)
    assert.deepEqual(held(afterComparing(unlike, differs)), ['held back', 'CHECK_UNLIKE', 'checking'])
    assert.deepEqual(held(afterComparing(run('verify', null, { repair: 'rows' }), differs)), verified)
  })
})

test('the run keeps what was found, and a share that was expected to be exceeded', () => {
  const refusal = compared({ refusal: MOVES, verification: found(2) })
  assert.equal(withCompared(run('sync'), refusal).evidence?.accepted, null)
  assert.deepEqual(withCompared(run('sync', null, { expect: 'so' }), refusal).evidence?.accepted, MOVES)
  assert.equal(withCompared(run('preview', null, { expect: 'so' }), refusal).evidence?.accepted, null)
  assert.deepEqual(withCompared(run('verify'), refusal).verification, found(2))
})

test('the switch holds back a sync only: the others are compared in any case', () => {
  assert.equal(refusalAtSwitch(run('sync')), null)
  assert.equal(refusalAtSwitch(run('sync', 'CHECK_UNLIKE'))?.code, 'CHECK_UNLIKE')
  for (const purpose of ['preview', 'verify'] as const)
    assert.equal(refusalAtSwitch(run(purpose, 'CHECK_UNLIKE')), null)
})

test('a verification needs a build that can be trusted, however unlike live it is', () => {
  for (const [code, isRefused] of [
    ['CHECK_EMPTY', true],
    ['CHECK_SOURCE_EMPTY', true],
    ['CHECK_COUNTS', true],
    ['CHECK_DIGESTS', true],
    ['CHECK_READ_BACK', true],
    ['CHECK_FAILED_ROWS', true],
    ['CHECK_UNLIKE', false],
    ['CHECK_UNPROVED', false],
  ] as const) {
    assert.equal(refusalOfVerification(run('verify', code))?.code ?? null, isRefused ? code : null)
    assert.equal(refusalOfVerification(run('sync', code)), null)
  }
  assert.equal(refusalOfVerification(run('verify')), null)
})

test('a verification has no lists unless they are tables that may go live; a sync is compared only for its share', () => {
  const off = { previewShare: null, lists: 'views' } as const
  assert.deepEqual(skippedStages(run('sync'), off), ['comparing'])
  assert.deepEqual(skippedStages(run('sync'), { ...off, previewShare: 0.1 }), [])
  assert.deepEqual(skippedStages(run('preview'), off), [])
  const tables = { ...off, lists: 'tables' } as const
  const promoting = { ...run('verify'), repair: 'promote' } as const
  assert.deepEqual(skippedStages(run('verify'), off), ['lists'])
  assert.deepEqual(skippedStages(promoting, off), ['lists'])
  assert.deepEqual(skippedStages(run('verify'), tables), ['lists'])
  assert.deepEqual(skippedStages(promoting, tables), [])
})

test('a repair goes live over what was compared only', () => {
  refuseMovedLive({ ...found(1), live: kept(1) }, { live: kept(1) })
  for (const live of [kept(2), null]) {
    assert.throws(() => refuseMovedLive({ ...found(1), live: kept(1) }, { live }), { code: 'VERIFY_VOID' })
  }
})
