import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DEFAULT_LIKENESS, refusalOfFindings, unlikenesses } from '../../src/domain/likeness.ts'
import { aProfile, scaled, type Differing } from './a-profile.ts'
import { cases, compared, spread } from './likeness-cases.ts'

cases('rows', [
  ['9.9 % fewer connected rows are nothing', { indexes: { connectedindex: 7_201 } }, []],
  [
    'a tenth fewer connected rows hold back',
    { indexes: { connectedindex: 7_200 } },
    ['held back: rows of connectedindex: 10 % fewer'],
  ],
  [
    'a tenth more are warned of',
    { indexes: { disconnectedindex: 2_200 } },
    ['warned: rows of disconnectedindex: 10 % more'],
  ],
  [
    'a quarter more hold back',
    { indexes: { masterdoctorindex: 12_500 } },
    ['held back: rows of masterdoctorindex: 25 % more'],
  ],
  ['nobody is joined', { joined: 0 }, ['held back: joined rows: fell to zero']],
  ['twice as many are joined', { joined: 17_000 }, ['held back: joined rows: 2.1 times as many']],
  ['hardly anybody is joined', { joined: 1 }, ['held back: joined rows: 99 % fewer']],
  [
    'a recommendation index that is not the master index is judged by itself',
    { indexes: { recommendationindex: 10_000 } },
    ['held back: rows of recommendationindex: 25 % more'],
    { indexes: { recommendationindex: 8_000 } },
  ],
])

cases('a field', [
  ['9.9 % fewer values are nothing', { fields: { admin: 7_201 } }, []],
  ['a tenth fewer values are warned of', { fields: { admin: 7_200 } }, ['warned: rows with admin: 10 % fewer']],
  ['half of the values hold back', { fields: { admin: 4_000 } }, ['held back: rows with admin: 50 % fewer']],
  ['no values hold back', { fields: { membershipType: 0 } }, ['held back: rows with membershipType: fell to zero']],
  [
    'more values are warned of, however many',
    { fields: { admin: 16_000 } },
    ['warned: rows with admin: 2 times as many'],
  ],
  [
    'values of a field that had none are warned of',
    { fields: { admin: 8_000 } },
    ['warned: rows with admin: none before'],
    { fields: { admin: 0 } },
  ],
  [
    'the connection status is left to the indexes, and the reasons to their own figure',
    { fields: { connectionStatus: 0, exceptionReason: 0 } },
    [],
  ],
])

cases('exceptions', [
  ['cleared by half are warned of', { withReason: 90 }, ['warned: rows with a reason: 55 % fewer']],
  ['all gone hold back', { withReason: 0 }, ['held back: rows with a reason: fell to zero']],
  ['all gone, of fewer than are judged, are nothing', { withReason: 0 }, [], { withReason: 49 }],
  ['an empty list holds back', { indexes: { exceptionindex: 0 } }, ['held back: rows of exceptionindex: fell to zero']],
  ['doubled are warned of', { indexes: { exceptionindex: 800 } }, ['warned: rows of exceptionindex: 2 times as many']],
  ['doctors become trainees', { withoutTrainee: 400 }, ['warned: rows without a trainee: 60 % fewer']],
])

test('a list of twelve doctors changes freely', () => {
  const twelve = scaled(aProfile(), 12 / 10_000)
  assert.deepEqual(unlikenesses(scaled(twelve, 0), twelve), [])
  assert.deepEqual(unlikenesses(scaled(twelve, 100), twelve), [])
})

test('a share of a small list is judged only from twenty rows on', () => {
  const before = { indexes: { masterdoctorindex: 60, connectedindex: 60 } }
  assert.deepEqual(compared({ indexes: { masterdoctorindex: 60, connectedindex: 41 } }, before), [])
  assert.deepEqual(compared({ indexes: { masterdoctorindex: 60, connectedindex: 40 } }, before), [
    'held back: rows of connectedindex: 33 % fewer',
  ])
})

test('more rows than hardly any are warned of only', () => {
  assert.deepEqual(compared({ indexes: { disconnectedindex: 500 } }, { indexes: { disconnectedindex: 49 } }), [
    'warned: rows of disconnectedindex: 10.2 times as many',
  ])
})

test('more rows than just so many as are judged hold back', () => {
  assert.deepEqual(compared({ indexes: { disconnectedindex: 100 } }, { indexes: { disconnectedindex: 50 } }), [
    'held back: rows of disconnectedindex: 2 times as many',
  ])
})

test('what was lost comes before what came on top, the larger share before the smaller', () => {
  const fields = { doctorFirstName: 7_000, programmeName: 9_000, designatedBody: 5_000, admin: 16_000 }
  assert.deepEqual(compared({ fields }), [
    'warned: rows with designatedBody: 37 % fewer',
    'warned: rows with doctorFirstName: 12 % fewer',
    'warned: rows with admin: 2 times as many',
    'warned: rows with programmeName: 12 % more',
  ])
})

test('the shares are settings', () => {
  const [now, before] = [aProfile({ fields: { admin: 5_000 } }), aProfile()]
  const verdicts = (lose: number): string[] =>
    unlikenesses(now, before, { ...DEFAULT_LIKENESS, lose }).map(({ verdict }) => verdict)
  assert.deepEqual(verdicts(0.3), ['held back'])
  assert.deepEqual(verdicts(0.4), ['warned'])
})

describe('the reason for a person', () => {
  const reasonOf = (now: Differing): string | null => refusalOfFindings(unlikenesses(aProfile(now), aProfile()))

  test('names the gravest, and how many more there are', () => {
    const now = {
      indexes: { connectedindex: 0, disconnectedindex: 10_000 },
      fields: { designatedBody: 0, admin: 7_000 },
    }
    assert.equal(
      reasonOf(now),
      'differs from the live run: rows of connectedindex: fell to zero (before 8000, now 0); and 2 other figures',
    )
  })

  test('counts a single other one as such', () => {
    const reason = reasonOf({ indexes: { connectedindex: 0 }, fields: { designatedBody: 0 } })
    assert.match(reason ?? '', /; and 1 other figure$/)
  })

  test('names the only one', () => {
    assert.equal(
      reasonOf({ days: { lastUpdatedDate: spread({ last: '2026-03-01' }) } }),
      'differs from the live run: newest lastUpdatedDate: 92 days older (before 2026-06-01, now 2026-03-01)',
    )
  })

  test('is none where all is only warned of', () => {
    assert.equal(reasonOf({ fields: { admin: 7_000 } }), null)
    assert.equal(reasonOf({}), null)
  })
})
