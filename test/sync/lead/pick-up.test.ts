import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ENDS, STAGES, type Restart, type Run, type RunState, type SendStage } from '../../../src/ports/run-ledger.ts'
import { mayRestart, pickUpOf, refuseRestart, stillSendingFor, type PickUp } from '../../../src/sync/lead/pick-up.ts'
import { aRun } from '../examples.ts'

const run = (differing: Partial<Run>): Run => aRun({ id: 'r', ...differing })

describe('a writer that finds a run', () => {
  const GENERATION = 'r-1-1'
  const cases: readonly (readonly [RunState, string | null, readonly SendStage[], PickUp])[] = [
    ['requested', null, [], 'start'],
    ['requested', GENERATION, [], 'restart'],
    ['trainees', GENERATION, [], 'restart'],
    ['doctors', GENERATION, [], 'restart'],
    ['lists', GENERATION, [], 'restart'],
    ['checking', GENERATION, [], 'restart'],
    ['catching up', GENERATION, [], 'restart'],
    ['comparing', GENERATION, [], 'compare'],
    ['comparing', GENERATION, ['trainees'], 'compare'],
    ['trainees', GENERATION, ['trainees'], 'fail'],
    ['doctors', GENERATION, ['trainees'], 'fail'],
    ['promoting', GENERATION, [], 'finish'],
    ['promoting', GENERATION, ['trainees', 'doctors'], 'finish'],
    ['live', GENERATION, [], 'clear'],
    ['held back', GENERATION, ['doctors'], 'clear'],
    ['discarded', GENERATION, [], 'clear'],
    ['verified', GENERATION, [], 'clear'],
    ['failed', null, [], 'clear'],
    ['cancelled', GENERATION, ['trainees'], 'clear'],
  ]
  for (const [state, generation, unproved, takeUp] of cases) {
    const beside = unproved.length === 0 ? '' : `, ${unproved.join(' and ')} without headers`
    test(`in ${state}${generation === null ? ', without a generation' : ''}${beside}: ${takeUp}`, () => {
      assert.equal(pickUpOf(run({ state, generation, unproved })), takeUp)
    })
  }

  test('does not restart a verification that was comparing: what it found is lost', () => {
    assert.equal(pickUpOf(run({ state: 'comparing', generation: GENERATION, purpose: 'verify' })), 'restart')
    assert.equal(pickUpOf(run({ state: 'promoting', generation: GENERATION, purpose: 'verify' })), 'finish')
    const limits = { maxRestarts: 2, maxTakeovers: 2 }
    assert.throws(() => refuseRestart(run({ purpose: 'verify' }), 'takeover', 'its process died', limits), {
      code: 'VERIFY_INTERRUPTED',
      message: 'a verification does not restart after a takeover: its process died',
    })
    refuseRestart(run({ purpose: 'verify' }), 'fault', 'the engine was away', limits)
    refuseRestart(run({}), 'fault', 'the engine was away', limits)
  })

  test('has a decision for every state', () => {
    const states = new Set(cases.map(([state]) => state))
    assert.deepEqual(
      [...STAGES, ...ENDS].filter((state) => !states.has(state)),
      [],
    )
  })
})

describe('a run may restart', () => {
  const SETTINGS = { maxRestarts: 2, maxTakeovers: 1 }
  const restartedAfter = (...causes: readonly Restart['cause'][]): Pick<Run, 'restarts'> => ({
    restarts: causes.map((each) => ({ cause: each, reason: '', at: 0 })),
  })
  for (const [before, now, may] of [
    [[], 'fault', true],
    [['fault'], 'fault', true],
    [['fault', 'fault'], 'fault', false],
    [['takeover'], 'fault', true],
    [[], 'takeover', true],
    [['takeover'], 'takeover', false],
    [['fault', 'fault'], 'takeover', true],
  ] as const) {
    test(`${may ? '' : 'not '}after a ${now}, having restarted after ${before.join(', ') || 'nothing'}`, () => {
      assert.equal(mayRestart(restartedAfter(...before), now, SETTINGS), may)
    })
  }
})

describe('senders without headers that may still be sending', () => {
  const failed = (stage: Run['state'], ...unproved: readonly SendStage[]): Run =>
    run({
      state: 'failed',
      finishedAt: 9,
      unproved,
      failure: { code: 'INTERNAL', reason: '', stage: stage as 'doctors' },
    })

  for (const [what, ended, stages] of [
    ['of the stage in which the run ended', failed('doctors', 'trainees', 'doctors'), ['doctors']],
    ['none, if that stage had headers', failed('doctors', 'trainees'), []],
    ['none, if the run ended later', failed('checking', 'trainees', 'doctors'), []],
    ['none of a run that is live', run({ state: 'live', unproved: ['trainees'] }), []],
  ] as const) {
    test(what, () =>
      assert.deepEqual(
        stillSendingFor(ended).map(({ stage }) => stage),
        stages,
      ),
    )
  }

  test('are known by their run and its end', () => {
    const since = { stage: 'doctors', run: 'r', since: 9, hasEnded: false }
    assert.deepEqual(stillSendingFor(failed('doctors', 'doctors')), [since])
    assert.deepEqual(stillSendingFor({ ...failed('doctors', 'doctors'), finishedAt: null }), [{ ...since, since: 0 }])
  })
})
