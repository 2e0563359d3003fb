import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { dayOf, daysBetween } from '../../src/domain/day.ts'
import { DEFAULT_LIKENESS, refusalOfFindings, unlikenesses, type LikenessFinding } from '../../src/domain/likeness.ts'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { CODED_FIELDS, DAY_FIELDS, PROFILED_FIELDS, type Profile } from '../../src/domain/profile.ts'
import { scaled } from './a-profile.ts'
import { recordOf } from './profile-of.ts'

/** Often none or hardly any: these are the figures that shares go wrong on. */
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
  fields: fc.record(recordOf(PROFILED_FIELDS, () => ROWS)),
  bodies: COUNTS,
  codes: fc.record(recordOf(CODED_FIELDS, () => COUNTS)),
  days: fc.record(recordOf(DAY_FIELDS, () => SPREAD)),
})

/** The same, with the keys of every record in the opposite order. */
function reversed<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed<unknown>(inner)] as const)
  // The keys and the types of their values stay the same.
  return Object.fromEntries(entries.toReversed()) as T
}

const heldBack = (findings: readonly LikenessFinding[]): LikenessFinding[] =>
  findings.filter(({ verdict }) => verdict === 'held back')

describe('likeness, whatever the figures', () => {
  test('finds nothing where nothing changed', () => {
    fc.assert(fc.property(PROFILE, (profile) => assert.deepEqual(unlikenesses(profile, profile), [])))
  })

  test('holds nothing back, and warns of nothing, where all rows are a twentieth more or fewer', () => {
    const factor = fc.double({ min: 0.95, max: 1.05, noNaN: true })
    fc.assert(
      fc.property(PROFILE, factor, (profile, by) => assert.deepEqual(unlikenesses(scaled(profile, by), profile), [])),
    )
  })

  test('does not depend on the order of keys, and says the same again', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const findings = unlikenesses(now, before)
        assert.deepEqual(unlikenesses(now, before), findings)
        assert.deepEqual(unlikenesses(reversed(now), reversed(before)), findings)
      }),
    )
  })

  test('says everything in figures that are some', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        for (const { why, figure } of unlikenesses(now, before)) {
          assert.ok(why.length > 3)
          // A value may have any name, and is named where it took the place of another.
          assert.doesNotMatch(why.replace(/re-coded as .*/s, ''), /NaN|Infinity|undefined|null|-\d/, figure)
        }
      }),
    )
  })

  test('judges no figure twice', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const figures = unlikenesses(now, before).map(({ figure }) => figure)
        assert.equal(new Set(figures).size, figures.length)
      }),
    )
  })

  test('never judges a change below the least number of rows', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const least = Math.max(20, 0.005 * before.indexes.masterdoctorindex)
        for (const finding of unlikenesses(now, before)) {
          if (typeof finding.before !== 'number' || typeof finding.now !== 'number') continue
          const recoded = finding.why.startsWith('re-coded')
          assert.ok(Math.abs(finding.now - finding.before) >= least || recoded, finding.figure)
        }
      }),
    )
  })

  test('names what holds back first, and gives a reason exactly then', () => {
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const findings = unlikenesses(now, before)
        const held = heldBack(findings)
        assert.deepEqual(findings.slice(0, held.length), held)
        assert.equal(refusalOfFindings(findings) !== null, held.length > 0)
      }),
    )
  })

  test('holds a generation back that has no rows, where enough rows were live', () => {
    fc.assert(
      fc.property(PROFILE, (before) => {
        fc.pre(before.indexes.masterdoctorindex >= 20)
        assert.ok(heldBack(unlikenesses(scaled(before, 0), before)).length > 0)
      }),
    )
  })

  test('is no milder under stricter settings', () => {
    const strict = { ...DEFAULT_LIKENESS, shrink: 0.05, grow: 0.1, lose: 0.2, fewestRows: 1, fewestShare: 0 }
    fc.assert(
      fc.property(PROFILE, PROFILE, (now, before) => {
        const counted = (findings: readonly LikenessFinding[]): string[] =>
          heldBack(findings).flatMap(({ figure, now: rows }) => (typeof rows === 'number' ? figure : []))
        const held = new Set(counted(unlikenesses(now, before, strict)))
        for (const figure of counted(unlikenesses(now, before))) {
          // With a lower floor a smaller value can be what another was re-coded as.
          if (!/^rows (of body|with \w+ )/.test(figure)) assert.ok(held.has(figure), figure)
        }
      }),
    )
  })
})

test('days between two days come to the day, over months, leap years and centuries', () => {
  assert.equal(daysBetween('2026-06-01', '2026-06-01'), 0)
  assert.equal(daysBetween('2024-02-28', '2024-03-01'), 2)
  assert.equal(daysBetween('2026-03-01', '2026-02-28'), -1)
  assert.equal(daysBetween('0001-01-01', '9999-12-31'), 3_652_058)
  fc.assert(fc.property(DAY, DAY, (a, b) => assert.equal(daysBetween(a, b), -daysBetween(b, a))))
})
