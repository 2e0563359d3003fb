import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { RowFault } from '../../src/domain/row-fault.ts'
import { traineeOf, type TcsMembership, type TcsPerson, type Trainee } from '../../src/domain/trainee.ts'
import { aMembership, aPerson, TODAY } from './examples.ts'

function trainee(person: TcsPerson): Trainee {
  return traineeOf(person, TODAY, DESIGNATED_BODIES)
}

function withMemberships(...memberships: TcsMembership[]): Trainee {
  return trainee(aPerson({ memberships }))
}

function named(programmeName: string | null, differing: Partial<TcsMembership> = {}): TcsMembership {
  return aMembership({ programme: { programmeName, owner: 'Wessex' }, ...differing })
}

/** The fields that need exactly one current membership. */
function ofOneMembership(of: Trainee): unknown[] {
  return [
    of.programmeOwner,
    of.tcsDesignatedBody,
    of.programmeMembershipType,
    of.programmeMembershipStartDate,
    of.programmeMembershipEndDate,
    of.curriculumEndDate,
  ]
}

const NOTHING = [null, null, null, null, null, null]

describe('a person', () => {
  test('is a trainee even without GMC details and memberships', () => {
    assert.deepEqual(trainee(aPerson({ gmcDetails: null })), {
      tcsPersonId: 1005,
      gmcReferenceNumber: null,
      doctorFirstName: 'Aisha',
      doctorLastName: 'Khan',
      programmeName: null,
      programmeMembershipType: null,
      tcsDesignatedBody: null,
      programmeOwner: null,
      programmeMembershipStartDate: null,
      programmeMembershipEndDate: null,
      curriculumEndDate: null,
      placementGrade: null,
    })
  })

  test('has null for blank names, and keeps the name "Null"', () => {
    const { doctorFirstName, doctorLastName } = trainee(aPerson({ forenames: '\u00a0', surname: 'Null' }))
    assert.deepEqual([doctorFirstName, doctorLastName], [null, 'Null'])
  })

  test('has the GMC number trimmed, null for blank, other text as it is', () => {
    const number = (gmcNumber: string | null) => trainee(aPerson({ gmcDetails: { gmcNumber } })).gmcReferenceNumber
    assert.equal(number('\u00a07761120 '), '7761120')
    assert.equal(number('1234567 (old)'), '1234567 (old)')
    assert.equal(number('UNKNOWN'), 'UNKNOWN')
    assert.equal(number(' \u00a0'), null)
    assert.equal(number(null), null)
  })
})

describe('a membership is current', () => {
  const isCurrent = (programmeStartDate: string | null, programmeEndDate: string | null): boolean =>
    withMemberships(aMembership({ programmeStartDate, programmeEndDate })).programmeName !== null

  test('from its first day to its last, inclusive', () => {
    assert.ok(isCurrent(TODAY, TODAY))
    assert.ok(isCurrent('2026-05-31', TODAY))
    assert.ok(isCurrent(TODAY, '2026-06-02'))
    assert.ok(!isCurrent('2026-06-02', '2028-01-01'))
    assert.ok(!isCurrent('2020-01-01', '2026-05-31'))
  })

  test('only if both dates are set', () => {
    assert.ok(!isCurrent(null, '2028-01-01'))
    assert.ok(!isCurrent('2020-01-01', null))
    assert.ok(!isCurrent('2020-01-01', ''))
    assert.ok(!isCurrent(null, null))
  })
})

describe('exactly one current membership', () => {
  test('gives owner, designated body, type, its two dates and the latest curriculum end date', () => {
    const membership = aMembership({ curriculumEndDates: ['2027-01-17', null, '2027-08-01', '2026-12-31'] })
    assert.deepEqual(ofOneMembership(withMemberships(membership)), [
      'Wessex',
      '1-1RUZUSF',
      'SUBSTANTIVE',
      '2024-08-01',
      '2028-07-31',
      '2027-08-01',
    ])
  })

  test('is not affected by others that are not current', () => {
    const past = named('Past', { programmeEndDate: '2025-01-01', curriculumEndDates: ['2039-01-01'] })
    const undated = named('Undated', { programmeEndDate: null, curriculumEndDates: ['2039-01-01'] })
    const result = withMemberships(past, named('Now'), undated)
    assert.equal(result.programmeName, 'Now')
    assert.equal(result.curriculumEndDate, '2027-01-17')
    assert.equal(result.programmeMembershipEndDate, '2028-07-31')
  })

  test('without dated curricula has null only for the curriculum end date', () => {
    for (const curriculumEndDates of [[], [null], ['', '\u00a0']]) {
      const result = withMemberships(aMembership({ curriculumEndDates }))
      assert.equal(result.curriculumEndDate, null)
      assert.equal(result.programmeMembershipStartDate, '2024-08-01')
      assert.equal(result.programmeMembershipEndDate, '2028-07-31')
      assert.equal(result.programmeOwner, 'Wessex')
    }
  })

  test('of an unknown programme has type and dates, but no name and owner', () => {
    const result = withMemberships(aMembership({ programme: null }))
    assert.equal(result.programmeName, null)
    assert.deepEqual(ofOneMembership(result), [null, null, 'SUBSTANTIVE', '2024-08-01', '2028-07-31', '2027-01-17'])
  })

  test('has null for blank type, owner and name', () => {
    const programme = { programmeName: ' ', owner: '\u00a0' }
    const result = withMemberships(aMembership({ programmeMembershipType: '', programme }))
    assert.equal(result.programmeName, null)
    assert.deepEqual(ofOneMembership(result).slice(0, 3), [null, null, null])
  })

  test('of an unmapped owner has the owner, but no designated body', () => {
    const result = withMemberships(aMembership({ programme: { programmeName: 'X', owner: 'Defence Deanery' } }))
    assert.deepEqual(ofOneMembership(result).slice(0, 2), ['Defence Deanery', null])
  })

  test('has dates without a time of day', () => {
    const dates = { programmeStartDate: '2024-08-01 00:00:00', programmeEndDate: '2026-06-01T23:59:59Z' }
    const result = withMemberships(aMembership(dates))
    assert.equal(result.programmeMembershipStartDate, '2024-08-01')
    assert.equal(result.programmeMembershipEndDate, '2026-06-01')
  })
})

describe('several current memberships', () => {
  test('give only the programme names, sorted by code point and joined', () => {
    const result = withMemberships(
      named('surgery'),
      named('\u{1f600}'),
      named('Éire'),
      named('\uf900'),
      named('Surgery'),
    )
    assert.equal(result.programmeName, 'Surgery | surgery | Éire | \uf900 | \u{1f600}')
    assert.deepEqual(ofOneMembership(result), NOTHING)
  })

  test('keep repeated names, and omit null names', () => {
    const unknown = aMembership({ programme: null })
    assert.equal(withMemberships(named('B'), named('A'), named('B')).programmeName, 'A | B | B')
    assert.equal(withMemberships(named('B'), named(null), unknown, named('')).programmeName, 'B')
    assert.equal(withMemberships(named(null), unknown).programmeName, null)
  })

  test('count as several even if only one has a name', () => {
    assert.deepEqual(ofOneMembership(withMemberships(named('B'), aMembership({ programme: null }))), NOTHING)
  })

  test('are never truncated', () => {
    const names = Array.from({ length: 400 }, (_, i) => `Programme ${String(i).padStart(3, '0')}`)
    assert.equal(withMemberships(...names.toReversed().map((name) => named(name))).programmeName, names.join(' | '))
  })
})

test('an invalid date is a row fault, even in a membership that is not current', () => {
  const wrong: [Partial<TcsMembership>, string][] = [
    [{ programmeStartDate: '2026-02-30' }, 'programmeStartDate'],
    [{ programmeStartDate: '2000-01-01', programmeEndDate: '2001-02-29' }, 'programmeEndDate'],
    [{ programmeEndDate: '2001-01-01', curriculumEndDates: ['2001-01-01', '0000-00-00'] }, 'curriculumEndDate'],
  ]
  for (const [differing, field] of wrong) {
    assert.throws(
      () => withMemberships(aMembership(), aMembership(differing)),
      (error: unknown) => error instanceof RowFault && error.code === 'ROW_DATE_IMPOSSIBLE' && error.field === field,
    )
  }
})

describe('the grade of a trainee', () => {
  const placed = (...placements: readonly (readonly [string | null, string | null, string | null])[]) =>
    trainee(aPerson({ placements: placements.map(([gradeId, dateFrom, dateTo]) => ({ gradeId, dateFrom, dateTo })) }))
      .placementGrade

  test('is that of the placements whose first and last day are not behind or ahead of today', () => {
    assert.equal(placed(['279', TODAY, TODAY]), '279')
    assert.equal(placed(['279', '2026-06-02', '2027-01-01']), null)
    assert.equal(placed(['279', '2020-01-01', '2026-05-31']), null)
    assert.equal(placed(), null)
  })

  test('is null where a day or the grade is missing', () => {
    assert.equal(placed(['279', null, '2027-01-01']), null)
    assert.equal(placed(['279', '2020-01-01', null]), null)
    assert.equal(placed([null, TODAY, TODAY]), null)
  })

  test('names each of several once, in ascending order', () => {
    assert.equal(placed(['1012', TODAY, TODAY], ['279', TODAY, TODAY], ['1012', TODAY, TODAY]), '279 | 1012')
  })

  test('does not depend on memberships', () => {
    const placements = [{ gradeId: '279', dateFrom: TODAY, dateTo: TODAY }]
    assert.equal(trainee(aPerson({ memberships: [aMembership(), aMembership()], placements })).placementGrade, '279')
  })

  test('fails the row with a day that is none', () => {
    assert.throws(() => placed(['279', '2026-02-30', TODAY]), { code: 'ROW_DATE_IMPOSSIBLE', field: 'dateFrom' })
  })
})
