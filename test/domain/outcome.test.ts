import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compareRecommendations, outcomeOf, type Recommendation } from '../../src/domain/doctor.ts'
import { RowFault } from '../../src/domain/row-fault.ts'
import { aRecommendation, TODAY } from './examples.ts'

function latest(...recommendations: Recommendation[]): string | undefined {
  return recommendations.toSorted(compareRecommendations).at(-1)?.storedId
}

describe('the latest recommendation', () => {
  test('has the greatest actual date, regardless of the others', () => {
    const older = aRecommendation({
      storedId: 'z',
      actualSubmissionDate: '2026-01-01',
      gmcSubmissionDate: '2030-01-01',
    })
    const newer = aRecommendation({ storedId: 'a', actualSubmissionDate: '2026-01-02', gmcSubmissionDate: null })
    assert.equal(latest(older, newer), 'a')
    assert.equal(latest(newer, older), 'a')
  })

  test('of equal actual dates has the greatest GMC date, then the greatest `_id`', () => {
    const first = aRecommendation({ storedId: 'z', gmcSubmissionDate: '2026-01-01' })
    const second = aRecommendation({ storedId: 'a', gmcSubmissionDate: '2026-01-02' })
    const third = aRecommendation({ storedId: 'b', gmcSubmissionDate: '2026-01-02' })
    assert.equal(latest(second, third, first), 'b')
    assert.equal(latest(third, first, second), 'b')
    assert.equal(latest(first, second), 'a')
  })

  test('an absent or blank date sorts first', () => {
    const undated = aRecommendation({ storedId: 'z', actualSubmissionDate: null, gmcSubmissionDate: '2030-01-01' })
    const blank = aRecommendation({ storedId: 'y', actualSubmissionDate: '', gmcSubmissionDate: '2031-01-01' })
    const dated = aRecommendation({ storedId: 'a', actualSubmissionDate: '0001-01-01', gmcSubmissionDate: null })
    assert.equal(latest(undated, dated), 'a')
    assert.equal(latest(undated, blank), 'y')
    assert.equal(latest(dated, aRecommendation({ ...dated, storedId: 'b', gmcSubmissionDate: '0001-01-01' })), 'b')
  })

  test('dates are compared by day, in any stored form', () => {
    const withTime = aRecommendation({ storedId: 'a', actualSubmissionDate: '2026-01-01T00:00:00Z' })
    const without = aRecommendation({ storedId: 'b', actualSubmissionDate: '2026-01-01' })
    assert.equal(latest(without, withTime), 'b')
    const padded = aRecommendation({ storedId: 'a', actualSubmissionDate: '\u00a02026-01-02' })
    assert.equal(latest(without, padded), 'a')
    const blank = aRecommendation({ storedId: 'c', actualSubmissionDate: ' ' })
    const absent = aRecommendation({ storedId: 'd', actualSubmissionDate: null })
    assert.equal(latest(absent, blank), 'd')
  })

  test('does not depend on the order of storage', () => {
    const aDate = fc.constantFrom(null, '2026-01-01', '2026-01-02')
    const many = fc
      .array(fc.record({ actualSubmissionDate: aDate, gmcSubmissionDate: aDate }), { minLength: 1, maxLength: 6 })
      .map((dates) => dates.map((each, i) => aRecommendation({ ...each, storedId: `id${i}` })))
    const shuffled = many.chain((each) =>
      fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length })),
    )
    fc.assert(fc.property(shuffled, ([stored, other]) => latest(...stored) === latest(...other)))
  })
})

describe('the GMC outcome', () => {
  test('is that of the latest recommendation, spelled as in messages', () => {
    const outcome = (stored: string | null) => outcomeOf('NO', aRecommendation({ outcome: stored }), TODAY)
    assert.equal(outcome('APPROVED'), 'Approved')
    assert.equal(outcome('REJECTED'), 'Rejected')
    assert.equal(outcome('UNDER_REVIEW'), 'Under Review')
    assert.equal(outcome(null), null)
    assert.equal(outcome(' '), null)
    assert.equal(outcomeOf('YES', null, TODAY), null)
  })

  test('is dropped if approved more than a calendar month ago and under notice', () => {
    const approved = (actualSubmissionDate: string | null, today = TODAY) =>
      outcomeOf('YES', aRecommendation({ outcome: 'APPROVED', actualSubmissionDate }), today)
    assert.equal(approved('2026-04-30'), null)
    assert.equal(approved('2026-05-01'), 'Approved')
    assert.equal(approved('2026-05-02'), 'Approved')
    assert.equal(approved('2026-12-31'), 'Approved')
    assert.equal(approved(null), 'Approved')
    assert.equal(approved('2026-02-27', '2026-03-31'), null)
    assert.equal(approved('2026-02-28', '2026-03-31'), 'Approved')
    assert.equal(approved('2024-02-28', '2024-03-31'), null)
    assert.equal(approved('2024-02-29', '2024-03-31'), 'Approved')
    assert.equal(approved('2025-12-30', '2026-01-31'), null)
    assert.equal(approved('2025-12-31', '2026-01-31'), 'Approved')
  })

  test('is kept for a doctor who is not under notice, and for other outcomes', () => {
    const old = { actualSubmissionDate: '2020-01-01' }
    for (const underNotice of ['NO', 'ON_HOLD', null] as const)
      assert.equal(outcomeOf(underNotice, aRecommendation({ ...old, outcome: 'APPROVED' }), TODAY), 'Approved')
    assert.equal(outcomeOf('YES', aRecommendation({ ...old, outcome: 'REJECTED' }), TODAY), 'Rejected')
    assert.equal(outcomeOf('YES', aRecommendation({ ...old, outcome: 'UNDER_REVIEW' }), TODAY), 'Under Review')
  })

  test('that is unknown, or has an invalid date, is a row fault', () => {
    const faulty: [Partial<Recommendation>, string, string][] = [
      [{ outcome: 'Approved' }, 'ROW_VALUE_UNKNOWN', 'outcome'],
      [{ outcome: 'toString' }, 'ROW_VALUE_UNKNOWN', 'outcome'],
      [{ actualSubmissionDate: '2026-02-30' }, 'ROW_DATE_IMPOSSIBLE', 'actualSubmissionDate'],
      [{ outcome: null, gmcSubmissionDate: '2026-02-30' }, 'ROW_DATE_IMPOSSIBLE', 'gmcSubmissionDate'],
    ]
    for (const [differing, code, field] of faulty) {
      assert.throws(
        () => outcomeOf('NO', aRecommendation(differing), TODAY),
        (error: unknown) => error instanceof RowFault && error.code === code && error.field === field,
      )
    }
  })
})
