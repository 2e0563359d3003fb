import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ERROR_CODES, type ErrorCode } from '../../../src/errors/codes.ts'
import type { GenerationCounts } from '../../../src/domain/profile.ts'
import type { LikenessFinding } from '../../../src/domain/likeness.ts'
import type { ListCounts } from '../../../src/ports/index-store.ts'
import type { Manifest, Totals } from '../../../src/ports/run-ledger.ts'
import {
  checksOf,
  judge,
  mayBeExpected,
  refusalsOf,
  type CheckedFigures,
  type CheckInput,
} from '../../../src/sync/lead/checks.ts'

/** 90 rows with a trainee and 10 without; half of them connected. */
const COUNTS: GenerationCounts = {
  withTrainee: 90,
  withoutTrainee: 10,
  withReason: 5,
  indexes: {
    masterdoctorindex: 100,
    recommendationindex: 100,
    connectedindex: 50,
    disconnectedindex: 50,
    exceptionindex: 7,
  },
}
const TABLES: ListCounts = COUNTS.indexes
const counts = (differing: Partial<GenerationCounts> = {}, indexes: Partial<GenerationCounts['indexes']> = {}) => ({
  ...COUNTS,
  ...differing,
  indexes: { ...COUNTS.indexes, ...indexes },
})

function account(totals: Partial<Totals>, manifest: Partial<Manifest>) {
  return {
    announced: { messages: 2, rows: 90, failedRows: 0, ...totals },
    received: { messages: 2, rows: 90, failedRows: 0, withoutTrainee: 0, ...manifest },
  }
}
const trainees = (totals: Partial<Totals> = {}, manifest: Partial<Manifest> = {}) => account(totals, manifest)
const doctors = (totals: Partial<Totals> = {}, manifest: Partial<Manifest> = {}) =>
  account({ messages: 3, rows: 80, ...totals }, { messages: 3, rows: 80, withoutTrainee: 10, ...manifest })

const LIVE = { counts: COUNTS, doctorsSent: 80 }

type Input = Omit<CheckInput, 'checks'> & CheckedFigures

/** A generation that may go live automatically, like the one before it. */
const input = (differing: Partial<Input> = {}): Input => ({
  counts: COUNTS,
  trainees: trainees(),
  doctors: doctors(),
  distinctTrainees: 90,
  lostTrainees: 0,
  unproved: [],
  reasonsRead: 5,
  newFailures: { count: 0, example: null },
  live: LIVE,
  findings: [],
  digests: { compared: 5, different: 0, skipped: 0 },
  readBack: { rows: 100, different: [] },
  lists: {},
  uncounted: [],
  tables: null,
  ...differing,
})

const SETTINGS = { acceptFailures: 0, unprovedShare: 0.01 }
const check = (differing: Partial<Input>, settings: Partial<typeof SETTINGS> = {}) => {
  const found = input(differing)
  return refusalsOf({ ...found, checks: checksOf(found) }, { ...SETTINGS, ...settings })[0] ?? null
}

const HELD_BACK: LikenessFinding = {
  figure: 'rows of connectedindex',
  before: 50,
  now: 3,
  verdict: 'held back',
  why: '94 % fewer',
}
const LIKE = 'differs from the live run: rows of connectedindex: 94 % fewer (before 50, now 3)'

describe('a generation may go live automatically', () => {
  const cases: readonly (readonly [string, Partial<Input>])[] = [
    ['if all figures agree and match the live ones', {}],
    ['if nothing is live to compare with', { live: null }],
    ['if the services counted its lists correctly', { lists: { connection: { exceptionindex: 7 } } }],
    ['if each table has the rows of its list', { tables: TABLES }],
    ['if a difference is only a warning', { findings: [{ ...HELD_BACK, verdict: 'warned' }] }],
    [
      'if a source is empty that was empty before',
      {
        trainees: trainees({ messages: 0, rows: 0 }, { messages: 0, rows: 0 }),
        distinctTrainees: 0,
        reasonsRead: 0,
        counts: counts(
          { withTrainee: 0, withReason: 0 },
          { masterdoctorindex: 10, recommendationindex: 10, connectedindex: 5, disconnectedindex: 5 },
        ),
        live: { counts: counts({ withTrainee: 0, withReason: 0 }), doctorsSent: 80 },
      },
    ],
    [
      'if rows of trainees could not be read: they are failures, not a wrong count',
      {
        trainees: trainees({}, { failedRows: 4 }),
        distinctTrainees: 86,
        counts: counts({ withTrainee: 86 }),
      },
    ],
    [
      'if rows of trainees were refused by the store: they are failures, not a wrong count',
      { lostTrainees: 2, counts: counts({ withTrainee: 88 }) },
    ],
    [
      'if messages of a sender without headers arrived twice',
      { unproved: ['trainees'], distinctTrainees: 90, trainees: trainees({ rows: 95 }, { rows: 95 }) },
    ],
  ]
  test('if no doctors were received, and none had been sent before', () => {
    const none = doctors({ messages: 0, rows: 0 }, { messages: 0, rows: 0, withoutTrainee: 0 })
    const indexes = { masterdoctorindex: 90, recommendationindex: 90, connectedindex: 45, disconnectedindex: 45 }
    const before = counts({ withoutTrainee: 0 }, indexes)
    assert.equal(check({ doctors: none, counts: before, live: { counts: before, doctorsSent: 0 } }), null)
  })
  for (const [what, differing] of cases) test(what, () => assert.equal(check(differing), null))
})

describe('a generation may not go live automatically', () => {
  const empty = { masterdoctorindex: 0, recommendationindex: 0, connectedindex: 0, disconnectedindex: 0 }
  const twoMore = { findings: [HELD_BACK, { ...HELD_BACK, figure: 'joined rows' }] }
  const cases: readonly (readonly [string, Partial<Input>, ErrorCode, string])[] = [
    ['that has no rows', { counts: counts({}, empty) }, 'CHECK_EMPTY', 'the generation has no rows'],
    [
      'that has no rows, when nothing is live either',
      { counts: counts({}, empty), live: null },
      'CHECK_EMPTY',
      'the generation has no rows',
    ],
    [
      'whose trainees are all gone',
      { trainees: trainees({ rows: 0 }) },
      'CHECK_SOURCE_EMPTY',
      'no trainees in TCS, but the live run had some',
    ],
    [
      'whose doctors are all gone',
      { doctors: doctors({ rows: 0 }) },
      'CHECK_SOURCE_EMPTY',
      'no doctors in GMC data, but the live run had some',
    ],
    [
      'whose reasons are all gone',
      { reasonsRead: 0 },
      'CHECK_SOURCE_EMPTY',
      'no reasons in exception logs, but the live run had some',
    ],
    [
      'if a message of trainees is missing',
      { trainees: trainees({}, { messages: 1 }) },
      'CHECK_COUNTS',
      'messages of trainees reported and received: 2 vs 1',
    ],
    [
      'if a trainee is missing',
      { trainees: trainees({}, { rows: 89 }) },
      'CHECK_COUNTS',
      'trainees reported and received: 90 vs 89',
    ],
    [
      'if a message of doctors is missing',
      { doctors: doctors({}, { messages: 2 }) },
      'CHECK_COUNTS',
      'messages of doctors reported and received: 3 vs 2',
    ],
    [
      'if there is one doctor too many',
      { doctors: doctors({}, { rows: 81 }) },
      'CHECK_COUNTS',
      'doctors reported and received: 80 vs 81',
    ],
    [
      'if a trainee arrived twice',
      { distinctTrainees: 89, counts: counts({ withTrainee: 89 }) },
      'CHECK_COUNTS',
      'trainees received and distinct trainees: 90 vs 89',
    ],
    [
      'if failed rows are among the distinct ones',
      { trainees: trainees({}, { failedRows: 3 }) },
      'CHECK_COUNTS',
      'trainees received and distinct trainees: 87 vs 90',
    ],
    [
      'if a trainee has no row',
      { counts: counts({ withTrainee: 89 }) },
      'CHECK_COUNTS',
      'trainees and rows with a trainee: 90 vs 89',
    ],
    [
      'if a trainee whose row was refused has one',
      { lostTrainees: 1 },
      'CHECK_COUNTS',
      'trainees and rows with a trainee: 89 vs 90',
    ],
    [
      'if a doctor without a trainee has no row',
      { counts: counts({ withoutTrainee: 9 }) },
      'CHECK_COUNTS',
      'doctors without a trainee and rows without one: 10 vs 9',
    ],
    [
      'if a row is neither connected nor disconnected',
      { counts: counts({}, { connectedindex: 49 }) },
      'CHECK_COUNTS',
      'rows, and those in connected and disconnected: 100 vs 99',
    ],
    [
      'if a row is not in recommendation',
      { counts: counts({}, { recommendationindex: 99 }) },
      'CHECK_COUNTS',
      'rows, and those in recommendation: 100 vs 99',
    ],
    [
      'if a service counts one of its lists differently',
      {
        lists: { recommendation: { recommendationindex: 100 }, connection: { connectedindex: 50, exceptionindex: 8 } },
      },
      'CHECK_COUNTS',
      'rows of exceptionindex counted by connection and here: 8 vs 7',
    ],
    [
      'if a table lacks a row',
      { tables: { ...TABLES, connectedindex: 49 } },
      'CHECK_COUNTS',
      'rows of connectedindex, and in its table: 50 vs 49',
    ],
    [
      'if there are more rows than a sender without headers sent',
      { unproved: ['trainees'], counts: counts({ withoutTrainee: 11 }) },
      'CHECK_COUNTS',
      'doctors without a trainee and rows without one: 10 vs 11',
    ],
    [
      'if trainees have no rows, although their sender has no headers',
      { unproved: ['trainees'], counts: counts({ withTrainee: 89 }) },
      'CHECK_COUNTS',
      'trainees and rows with a trainee: 90 vs 89',
    ],
    [
      'if a message was altered in transit',
      { digests: { compared: 5, different: 1, skipped: 2 } },
      'CHECK_DIGESTS',
      '1 of 5 messages differ from what was sent',
    ],
    [
      'if a stored row differs from what was written',
      { readBack: { rows: 100, different: ['tcs-7', 'tcs-8'] } },
      'CHECK_READ_BACK',
      '2 of 100 rows read back differ from what was written, e.g. tcs-7',
    ],
    [
      'if rows failed that had not failed before',
      { newFailures: { count: 2, example: 'gmc-1 (ROW_DATE_IMPOSSIBLE: no such day)' } },
      'CHECK_FAILED_ROWS',
      '2 rows failed that did not fail in the live run, e.g. gmc-1 (ROW_DATE_IMPOSSIBLE: no such day)',
    ],
    [
      'if rows failed without a recorded failure',
      { newFailures: { count: 1, example: null } },
      'CHECK_FAILED_ROWS',
      '1 rows failed that did not fail in the live run',
    ],
    ['that differs from the live one', { findings: [HELD_BACK] }, 'CHECK_UNLIKE', LIKE],
    ['that differs from the live one in several figures', twoMore, 'CHECK_UNLIKE', `${LIKE}; and 1 other figure`],
    [
      'that is unproved, if nothing is live to compare with',
      { unproved: ['trainees'], live: null },
      'CHECK_UNPROVED',
      'trainees sent without totals, and no live run to compare with',
    ],
    [
      'that is unproved, if it differs from the live one by more than the limit',
      {
        unproved: ['trainees'],
        live: { counts: counts({ withTrainee: 80 }, { masterdoctorindex: 90 }), doctorsSent: 80 },
      },
      'CHECK_UNPROVED',
      'trainees sent without totals, and more than 1 % difference from the live run: ' +
        'rows from 90 to 100, rows with a trainee from 80 to 90',
    ],
    [
      'that is unproved, if there are fewer rows without a trainee',
      { unproved: ['trainees'], live: { counts: counts({ withoutTrainee: 12 }), doctorsSent: 80 } },
      'CHECK_UNPROVED',
      'trainees sent without totals, and more than 1 % difference from the live run: ' +
        'rows without a trainee from 12 to 10',
    ],
  ]
  for (const [what, differing, code, reason] of cases) {
    test(what, () => assert.deepEqual(check(differing), { code, reason }))
  }
})

describe('a check', () => {
  const verdicts = (differing: Partial<Input>) =>
    checksOf(input(differing)).map(({ what, left, right, verdict }) => [what, left, right, verdict])

  test('names both figures and says whether they are the same', () => {
    assert.deepEqual(verdicts({ lists: { connection: { exceptionindex: 8 } }, lostTrainees: 1 }), [
      ['messages of trainees reported and received', 2, 2, 'same'],
      ['trainees reported and received', 90, 90, 'same'],
      ['messages of doctors reported and received', 3, 3, 'same'],
      ['doctors reported and received', 80, 80, 'same'],
      ['trainees received and distinct trainees', 90, 90, 'same'],
      ['trainees and rows with a trainee', 89, 90, 'differs'],
      ['doctors without a trainee and rows without one', 10, 10, 'same'],
      ['rows, and those in connected and disconnected', 100, 100, 'same'],
      ['rows, and those in recommendation', 100, 100, 'same'],
      ['rows of exceptionindex counted by connection and here', 8, 7, 'differs'],
    ])
  })

  test('of a sender that reported no totals compares nothing, and says so', () => {
    const twice = { unproved: ['trainees'], trainees: trainees({ rows: 95 }, { rows: 95 }) } as const
    assert.deepEqual(verdicts(twice).slice(0, 5), [
      ['messages of trainees reported and received', 2, 2, 'not compared'],
      ['trainees reported and received', 95, 95, 'not compared'],
      ['messages of doctors reported and received', 3, 3, 'same'],
      ['doctors reported and received', 80, 80, 'same'],
      ['trainees received and distinct trainees', 95, 90, 'not compared'],
    ])
  })

  test('of such a sender differs if more was received than was counted at its end', () => {
    const later = { unproved: ['doctors'], doctors: doctors({}, { rows: 81 }) } as const
    assert.equal(verdicts(later)[3]?.[3], 'differs')
  })
})

test('the most serious refusal is the reason: the checks are in order', () => {
  const faults: readonly (readonly [ErrorCode, Partial<Input>])[] = [
    ['CHECK_EMPTY', { counts: counts({}, { masterdoctorindex: 0 }) }],
    ['CHECK_SOURCE_EMPTY', { reasonsRead: 0 }],
    ['CHECK_COUNTS', { distinctTrainees: 91 }],
    ['CHECK_DIGESTS', { digests: { compared: 1, different: 1, skipped: 0 } }],
    ['CHECK_READ_BACK', { readBack: { rows: 1, different: ['tcs-1'] } }],
    ['CHECK_FAILED_ROWS', { newFailures: { count: 1, example: null } }],
    ['CHECK_UNLIKE', { findings: [HELD_BACK] }],
    ['CHECK_UNPROVED', { unproved: ['trainees'], live: { counts: counts({ withTrainee: 50 }), doctorsSent: 80 } }],
  ]
  faults.forEach(([code, fault], at) => {
    const graver = faults.slice(at).reduceRight((all, [, each]) => ({ ...all, ...each }), {} as Partial<Input>)
    assert.equal(check({ ...graver, ...fault })?.code, code)
  })
})

describe('new failures', () => {
  for (const [count, accepted, refused] of [
    [0, 0, false],
    [1, 0, true],
    [3, 3, false],
    [4, 3, true],
  ] as const) {
    test(`of ${count} rows ${refused ? 'are too many' : 'are accepted'} where ${accepted} are`, () => {
      const refusal = check({ newFailures: { count, example: null } }, { acceptFailures: accepted })
      assert.equal(refusal?.code ?? null, refused ? 'CHECK_FAILED_ROWS' : null)
    })
  }
})

describe('of an unproved run, the share by which rows may differ is', () => {
  for (const [before, share, refused] of [
    [100, 0, false],
    [99, 0, true],
    [90, 0.2, false],
    [80, 0.25, false],
    [79, 0.25, true],
    [125, 0.2, false],
    [126, 0.2, true],
    // 0.29 of 100 is a little less than 29 in binary.
    [100 / 1.29, 0.29, false],
  ] as const) {
    test(`${share} of ${before} rows, which 100 ${refused ? 'exceed' : 'keep'}`, () => {
      const live = { counts: counts({}, { masterdoctorindex: before }), doctorsSent: 80 }
      const refusal = check({ unproved: ['trainees'], live }, { unprovedShare: share })
      assert.equal(refusal?.code ?? null, refused ? 'CHECK_UNPROVED' : null)
    })
  }

  test('printed in per cent, with one decimal', () => {
    const live = { counts: counts({ withTrainee: 50 }), doctorsSent: 80 }
    const refusal = check({ unproved: ['trainees'], live }, { unprovedShare: 0.0125 })
    assert.match(refusal?.reason ?? '', /more than 1\.3 % differ/)
  })
})

test('only differences in the data can be expected', () => {
  const codes = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => mayBeExpected({ code, reason: '' }))
  assert.deepEqual(codes.sort(), ['CHECK_SOURCE_EMPTY', 'CHECK_UNLIKE'])
})

describe('the consequence of refusals', () => {
  const unlike = { code: 'CHECK_UNLIKE', reason: 'half of it is gone' } as const
  const empty = { code: 'CHECK_SOURCE_EMPTY', reason: 'no reasons' } as const
  const digests = { code: 'CHECK_DIGESTS', reason: 'one message differs' } as const
  const unproved = { code: 'CHECK_UNPROVED', reason: 'no totals' } as const
  for (const [what, refusals, isExpected, refusal, accepted] of [
    ['none: it goes live', [], false, null, null],
    ['none, although expected: it goes live, and nothing is recorded as accepted', [], true, null, null],
    ['the most serious one holds it back', [digests, unlike], false, digests, null],
    ['an expected difference is accepted', [unlike], true, null, unlike],
    ['so is a source that is empty', [empty], true, null, empty],
    ['an expected difference does not hide a more serious one', [digests, unlike], true, digests, unlike],
    ['nor anything less serious', [unlike, unproved], true, unproved, unlike],
    ['of two that were expected the more serious is recorded', [empty, unlike], true, null, empty],
  ] as const) {
    test(what, () => assert.deepEqual(judge(refusals, isExpected), { refusal, accepted }))
  }
})
