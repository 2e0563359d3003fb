import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { dayOf, daysBetween } from '../../src/domain/day.ts'
import {
  DEFAULT_LIKENESS,
  refusalOfFindings,
  likenessFindings,
  type LikenessFinding,
} from '../../src/domain/likeness.ts'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { FIELDS } from '../../src/domain/fields.ts'
import { CODED_FIELDS, DAY_FIELDS, type Profile } from '../../src/domain/profile.ts'
import { scaled } from './a-profile.ts'
import { recordOf } from './profile-of.ts'

/** Often zero or very few, where shares are most error-prone. */
const ROWS = fc.oneof(fc.nat(3), fc.nat(60), fc.nat(5_000), fc.nat(1_000_000))
const COUNTS = fc.dictionary(fc.oneof(fc.constantFrom('A', 'B', 'C', '__proto__', 'constructor'), fc.string()), ROWS, {
  maxKeys: 8,
})
const DAY = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => dayOf(year, month, day) ?? '')
const SPREAD = fc.option(
  fc.tuple(DAY, DAY, DAY).map((days) => {
    const [first = '', median = '', last = ''] = days.toSorted()
    return { first, median, last }
  }),
)
const PROFILE: fc.Arbitrary<Profile> = fc.record({
  withTrainee: ROWS,
  withoutTrainee: ROWS,
  withReason: ROWS,
  joined: ROWS,
  indexes: fc.record(recordOf(INDEX_NAMES, () => ROWS)),
  fields: fc.record(recordOf(FIELDS, () => ROWS)),
  bodies: COUNTS,
  codes: fc.record(recordOf(CODED_FIELDS, () => COUNTS)),
  days: fc.record(recordOf(DAY_FIELDS, () => SPREAD)),
})

/** The same, with the keys of every record in reverse order. */
function reversed<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed<unknown>(inner)] as const)
  // Keys and value types stay the same.
  return Object.fromEntries(entries.toReversed()) as T
}

const heldBack = (findings: readonly LikenessFinding[]): LikenessFinding[] =>
  findings.filter(({ verdict }) => verdict === 'held back')

describe('likeness, for any figures', () => {
  test('has no findings if nothing changed', () => {
    fc.assert(fc.property(PROFILE, (profile) => assert.deepEqual(likenessFindings(profile, profile), [])))
  })

  test('has no findings if all rows changed by 5 %', () => {
    const factor = fc.double({ min: 0.95, max: 1.05, noNaN: true })
    fc.assert(
      fc.property(PROFILE, factor, (profile, by) =>
        assert.deepEqual(likenessFindings(scaled(profile, by), profile), []),
      ),
    )
  })

  test('does not depend on the order of keys, and is repeatable', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const findings = likenessFindings(now, before)
        assert.deepEqual(likenessFindings(now, before), findings)
        assert.deepEqual(likenessFindings(reversed(now), reversed(before)), findings)
      }),
    )
  })

  test('never reports NaN, Infinity or null', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        for (const { why, figure } of likenessFindings(now, before)) {
          assert.ok(why.length > 3)
          // A value may have any name, and is named if it replaced another.
          assert.doesNotMatch(why.replace(/re-coded as .*/s, ''), /NaN|Infinity|undefined|null|-\d/, figure)
        }
      }),
    )
  })

  test('judges each figure once', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const figures = likenessFindings(now, before).map(({ figure }) => figure)
        assert.equal(new Set(figures).size, figures.length)
      }),
    )
  })

  test('ignores changes below the minimum number of rows', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const least = Math.max(20, 0.005 * before.indexes.masterdoctorindex)
        for (const finding of likenessFindings(now, before)) {
          if (typeof finding.before !== 'number' || typeof finding.now !== 'number') continue
          const recoded = finding.why.startsWith('re-coded')
          assert.ok(Math.abs(finding.now - finding.before) >= least || recoded, finding.figure)
        }
      }),
    )
  })

  test('lists what holds back first, and only then gives a reason', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const findings = likenessFindings(now, before)
        const held = heldBack(findings)
        assert.deepEqual(findings.slice(0, held.length), held)
        assert.equal(refusalOfFindings(findings) !== null, held.length > 0)
      }),
    )
  })

  test('holds back an empty generation if live had enough rows', () => {
    fc.assert(
      fc.property(PROFILE, (before) => {
        fc.pre(before.indexes.masterdoctorindex >= 20)
        assert.ok(heldBack(likenessFindings(scaled(before, 0), before)).length > 0)
      }),
    )
  })

  test('never gets milder with stricter settings', () => {
    const strict = { ...DEFAULT_LIKENESS, shrink: 0.05, grow: 0.1, lose: 0.2, fewestRows: 1, fewestShare: 0 }
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const counted = (findings: readonly LikenessFinding[]): string[] =>
          heldBack(findings).flatMap(({ figure, now: rows }) => (typeof rows === 'number' ? figure : []))
        const held = new Set(counted(likenessFindings(now, before, strict)))
        for (const figure of counted(likenessFindings(now, before))) {
          // With a lower minimum, a smaller value can be the one that another was re-coded as.
          if (!/^rows (of body|with \w+ )/.test(figure)) assert.ok(held.has(figure), figure)
        }
      }),
    )
  })
})

test('days between two dates are exact across months, leap years and centuries', () => {
  assert.equal(daysBetween('2026-06-01', '2026-06-01'), 0)
  assert.equal(daysBetween('2024-02-28', '2024-03-01'), 2)
  assert.equal(daysBetween('2026-03-01', '2026-02-28'), -1)
  assert.equal(daysBetween('0001-01-01', '9999-12-31'), 3_652_058)
  fc.assert(fc.property(DAY, DAY, (a, b) => assert.equal(daysBetween(a, b), -daysBetween(b, a))))
})
