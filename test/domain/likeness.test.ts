import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DEFAULT_LIKENESS, refusalOfFindings, likenessFindings } from '../../src/domain/likeness.ts'
import { aProfile, scaled, type Differing } from './a-profile.ts'
import { cases, compared, spread } from './likeness-cases.ts'

cases('rows', [
  ['9.9 % fewer connected rows are ignored', { indexes: { connectedindex: 7_201 } }, []],
  [
    '10 % fewer connected rows hold back',
    { indexes: { connectedindex: 7_200 } },
    ['held back: rows of connectedindex: 10 % fewer'],
  ],
  [
    '10 % more are a warning',
    { indexes: { disconnectedindex: 2_200 } },
    ['warned: rows of disconnectedindex: 10 % more'],
  ],
  [
    '25 % more hold back',
    { indexes: { masterdoctorindex: 12_500 } },
    ['held back: rows of masterdoctorindex: 25 % more'],
  ],
  ['no rows are joined', { joined: 0 }, ['held back: joined rows: fell to zero']],
  ['twice as many are joined', { joined: 17_000 }, ['held back: joined rows: 2.1 times as many']],
  ['hardly any rows are joined', { joined: 1 }, ['held back: joined rows: 99 % fewer']],
  [
    'a recommendation index that differs from the master index is judged separately',
    { indexes: { recommendationindex: 10_000 } },
    ['held back: rows of recommendationindex: 25 % more'],
    { indexes: { recommendationindex: 8_000 } },
  ],
])

test('a profile of a version that did not know a field says nothing of it; later its values may only appear', () => {
  const { placementGrade, ...others } = aProfile().fields
  const { programmeOwner, ...codes } = aProfile().codes
  const { curriculumEndDate, ...days } = aProfile().days
  assert.ok(placementGrade > 0 && Object.keys(programmeOwner).length > 0 && curriculumEndDate !== null)
  // As the ledger gives it back.
  const older = { ...aProfile(), fields: others, codes, days } as ReturnType<typeof aProfile>
  assert.deepEqual(likenessFindings(aProfile(), older), [])
  const found = likenessFindings(aProfile(), aProfile({ fields: { placementGrade: 0 } }))
  assert.deepEqual(
    found.map(({ figure, verdict, why }) => [figure, verdict, why]),
    [['rows with placementGrade', 'warned', 'none before']],
  )
})

cases('a field', [
  ['9.9 % fewer values are ignored', { fields: { admin: 7_201 } }, []],
  ['10 % fewer values are a warning', { fields: { admin: 7_200 } }, ['warned: rows with admin: 10 % fewer']],
  ['50 % fewer values hold back', { fields: { admin: 4_000 } }, ['held back: rows with admin: 50 % fewer']],
  ['no values hold back', { fields: { membershipType: 0 } }, ['held back: rows with membershipType: fell to zero']],
  [
    'more values are a warning, however many',
    { fields: { admin: 16_000 } },
    ['warned: rows with admin: 2 times as many'],
  ],
  [
    'values in a field that had none are a warning',
    { fields: { admin: 8_000 } },
    ['warned: rows with admin: none before'],
    { fields: { admin: 0 } },
  ],
  [
    'connection status and exception reasons are judged elsewhere',
    { fields: { connectionStatus: 0, exceptionReason: 0 } },
    [],
  ],
])

cases('exceptions', [
  ['half cleared are a warning', { withReason: 90 }, ['warned: rows with a reason: 55 % fewer']],
  ['all gone hold back', { withReason: 0 }, ['held back: rows with a reason: fell to zero']],
  ['all gone, if too few to judge, are ignored', { withReason: 0 }, [], { withReason: 49 }],
  ['an empty list holds back', { indexes: { exceptionindex: 0 } }, ['held back: rows of exceptionindex: fell to zero']],
  ['doubled are a warning', { indexes: { exceptionindex: 800 } }, ['warned: rows of exceptionindex: 2 times as many']],
  ['doctors become trainees', { withoutTrainee: 400 }, ['warned: rows without a trainee: 60 % fewer']],
])

test('a list of twelve doctors may change freely', () => {
  const twelve = scaled(aProfile(), 12 / 10_000)
  assert.deepEqual(likenessFindings(scaled(twelve, 0), twelve), [])
  assert.deepEqual(likenessFindings(scaled(twelve, 100), twelve), [])
})

test('a small list is judged only from twenty rows', () => {
  const before = { indexes: { masterdoctorindex: 60, connectedindex: 60 } }
  assert.deepEqual(compared({ indexes: { masterdoctorindex: 60, connectedindex: 41 } }, before), [])
  assert.deepEqual(compared({ indexes: { masterdoctorindex: 60, connectedindex: 40 } }, before), [
    'held back: rows of connectedindex: 33 % fewer',
  ])
})

test('growth from very few rows is only a warning', () => {
  assert.deepEqual(compared({ indexes: { disconnectedindex: 500 } }, { indexes: { disconnectedindex: 49 } }), [
    'warned: rows of disconnectedindex: 10.2 times as many',
  ])
})

test('growth from exactly enough rows holds back', () => {
  assert.deepEqual(compared({ indexes: { disconnectedindex: 100 } }, { indexes: { disconnectedindex: 50 } }), [
    'held back: rows of disconnectedindex: 2 times as many',
  ])
})

test('losses come before gains, larger shares before smaller ones', () => {
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
    likenessFindings(now, before, { ...DEFAULT_LIKENESS, lose }).map(({ verdict }) => verdict)
  assert.deepEqual(verdicts(0.3), ['held back'])
  assert.deepEqual(verdicts(0.4), ['warned'])
})

describe('the reason', () => {
  const reasonOf = (now: Differing): string | null => refusalOfFindings(likenessFindings(aProfile(now), aProfile()))

  test('names the most serious finding, and how many more there are', () => {
    const now = {
      indexes: { connectedindex: 0, disconnectedindex: 10_000 },
      fields: { designatedBody: 0, admin: 7_000 },
    }
    assert.equal(
      reasonOf(now),
      'differs from the live run: rows of connectedindex: fell to zero (before 8000, now 0); and 2 other figures',
    )
  })

  test('uses the singular for one other finding', () => {
    const reason = reasonOf({ indexes: { connectedindex: 0 }, fields: { designatedBody: 0 } })
    assert.match(reason ?? '', /; and 1 other figure$/)
  })

  test('names the only one', () => {
    assert.equal(
      reasonOf({ days: { lastUpdatedDate: spread({ last: '2026-03-01' }) } }),
      'differs from the live run: newest lastUpdatedDate: 92 days older (before 2026-06-01, now 2026-03-01)',
    )
  })

  test('is null if there are only warnings', () => {
    assert.equal(reasonOf({ fields: { admin: 7_000 } }), null)
    assert.equal(reasonOf({}), null)
  })
})
