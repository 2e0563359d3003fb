import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ERROR_CODES, type ErrorCode } from '../../../src/errors/codes.ts'
import { ENDS, STAGES, type RunState } from '../../../src/ports/run-ledger.ts'
import {
  changeMadeFor,
  heldBackFor,
  isRefusal,
  namedRun,
  refuseWhilePromoting,
  runToCancel,
  wasDiscardedFor,
  withDecision,
} from '../../../src/sync/lead/request-rules.ts'
import { aChange, anInstallation, aRequest, aRun, kept, RUN_REQUEST } from '../examples.ts'

const running = anInstallation({ currentRun: RUN_REQUEST })
const idle = anInstallation()
const record = (id: string, state: RunState) => ({ id, state })

describe('a cancel is', () => {
  const cases: readonly (readonly [
    string,
    string | null,
    typeof running,
    ReturnType<typeof record> | null,
    unknown,
  ])[] = [
    ['for the run in progress, if it names none', null, running, record('run-1', 'doctors'), RUN_REQUEST],
    ['for the run in progress, if it names that one', 'run-1', running, record('run-1', 'doctors'), RUN_REQUEST],
    ['for a run that was requested just now and has no record yet', null, running, null, RUN_REQUEST],
    ['for an ended run that still blocks the next', 'run-1', running, record('run-1', 'live'), RUN_REQUEST],
    ['done, if the run is cancelled but still blocks the next', null, running, record('run-1', 'cancelled'), null],
    ['done, if the run was cancelled before', 'run-0', running, record('run-0', 'cancelled'), null],
    ['done, if the run was cancelled and none is in progress', 'run-0', idle, record('run-0', 'cancelled'), null],
  ]
  for (const [what, run, installation, recorded, expected] of cases) {
    test(what, () => assert.deepEqual(runToCancel(aRequest({ run }), installation, recorded), expected))
  }

  const refused: readonly (readonly [
    string,
    string | null,
    typeof running,
    ReturnType<typeof record> | null,
    object,
  ])[] = [
    ['no run, if none is in progress', null, idle, null, { code: 'RUN_UNKNOWN', message: 'no run is in progress' }],
    [
      'an unknown run',
      'run-9',
      running,
      null,
      { code: 'RUN_UNKNOWN', message: 'no such run: run-9', details: { run: 'run-9' } },
    ],
    ['an unknown run, and none is in progress', 'run-9', idle, null, { code: 'RUN_UNKNOWN' }],
    [
      'another run than the one in progress',
      'run-0',
      running,
      record('run-0', 'live'),
      { code: 'RUN_OVER', message: 'run run-0 is live' },
    ],
    [
      'a run that is over',
      'run-0',
      idle,
      record('run-0', 'held back'),
      { code: 'RUN_OVER', message: 'run run-0 is held back' },
    ],
  ]
  for (const [what, run, installation, recorded, error] of refused) {
    test(`refused for ${what}`, () => {
      assert.throws(() => runToCancel(aRequest({ run }), installation, recorded), error)
    })
  }

  test('for the run it names, or the one in progress, or none', () => {
    assert.equal(namedRun(aRequest({ run: 'run-0' }), running), 'run-0')
    assert.equal(namedRun(aRequest(), running), 'run-1')
    assert.equal(namedRun(aRequest(), idle), null)
  })
})

test('errors of the ledger and of the lease keep a request; any other error answers it', () => {
  const kept = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => !isRefusal(code))
  assert.deepEqual(kept.sort(), ['LEASE_EXPIRED', 'LEDGER_CONFLICT', 'LEDGER_FAILED', 'LEDGER_GONE', 'WRITER_LOST'])
})

test('an alias change is found by its request', () => {
  const made = aChange({ request: 'q-2', at: 7 })
  const installation = anInstallation({ history: [aChange({ request: 'q-3' }), made, aChange()] })
  assert.equal(changeMadeFor(aRequest({ id: 'q-2' }), installation), made)
  assert.equal(changeMadeFor(aRequest({ id: 'q-1' }), installation), null)
})

describe('a manual promotion', () => {
  const holding = anInstallation({ heldBack: kept(2) })
  test('promotes the held-back generation', () => {
    assert.deepEqual(heldBackFor(aRequest(), holding), kept(2))
    assert.deepEqual(heldBackFor(aRequest({ run: 'run-2' }), holding), kept(2))
  })
  for (const [what, run, installation] of [
    ['if nothing is held back', null, idle],
    ['if nothing is held back and a run is named', 'run-2', idle],
    ['if another run’s generation is held back', 'run-1', holding],
  ] as const) {
    test(`is refused ${what}`, () => {
      assert.throws(() => heldBackFor(aRequest({ run }), installation), {
        code: 'GENERATION_UNKNOWN',
        message: 'no generation of that run is held back',
      })
    })
  }
})

describe('manual alias changes during a run', () => {
  for (const state of [...STAGES, ...ENDS]) {
    const refuses = () => refuseWhilePromoting(aRun({ state }))
    if (state === 'promoting') {
      test('are refused while it is going live', () => {
        assert.throws(refuses, { code: 'RUN_PROMOTING', message: 'run run-1 is going live' })
      })
    } else test(`when it is ${state}`, refuses)
  }
  test('when there is none', () => refuseWhilePromoting(null))
})

describe('the record of a run that a person decided about', () => {
  const by = { by: 'somebody', why: 'it is right', at: 5 }
  for (const [action, end] of [
    ['promoted', 'live'],
    ['discarded', 'discarded'],
  ] as const) {
    for (const state of ENDS) {
      test(`is ${end} if it was ${action} when it was ${state}`, () => {
        const run = aRun({ state })
        assert.deepEqual(withDecision(run, action, by), { ...run, state: end, decision: { action, ...by } })
      })
    }
  }
  test('is unchanged while the run continues, or if there is none', () => {
    for (const state of STAGES) assert.equal(withDecision(aRun({ state }), 'promoted', by), null)
    assert.equal(withDecision(null, 'discarded', by), null)
  })
  test('says that a request to discard was carried out, and no other decision does', () => {
    const held = aRun({ state: 'held back' })
    assert.equal(wasDiscardedFor(by, withDecision(held, 'discarded', by)), true)
    assert.equal(wasDiscardedFor({ ...by, at: 6 }, withDecision(held, 'discarded', by)), false)
    assert.equal(wasDiscardedFor({ ...by, by: 'another' }, withDecision(held, 'discarded', by)), false)
    assert.equal(wasDiscardedFor(by, withDecision(held, 'promoted', by)), false)
    for (const run of [held, null]) assert.equal(wasDiscardedFor(by, run), false)
  })
})
