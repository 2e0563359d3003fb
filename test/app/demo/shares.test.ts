import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { census } from './census.ts'
import { readExportFolder } from './export-folder.ts'
import { recommendationsInOrder } from './judged.ts'
import { generated } from './tables.ts'

const sample = census(readExportFolder(join(import.meta.dirname, '../../fixtures/sample')))
/** As many doctors as the sample has. */
const SAMPLE_DOCTORS = 1_203
/** Requires three independent coincidences: almost always present, but not for every seed. */
const BY_CHANCE = 'approved undated, under notice'

describe('demo data compared with the sample', () => {
  test('every oddity of the sample occurs from 2,000 doctors on, with any seed', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 2_000, max: 2_600 }), (seed, doctors) => {
        const found = census(generated({ doctors, seed }))
        const missing = Object.keys(sample).filter((oddity) => found[oddity] === 0 && oddity !== BY_CHANCE)
        assert.deepEqual(missing, [])
      }),
      { numRuns: 12 },
    )
  })

  test('every oddity is as frequent as in the sample', () => {
    const times = 10
    const found = census(generated({ doctors: times * SAMPLE_DOCTORS, seed: 7 }))
    for (const [oddity, inSample] of Object.entries(sample)) {
      assert.ok(inSample > 0, `the sample has no ${oddity}`)
      const share = (found[oddity] ?? 0) / times
      // Most match exactly; for random ones, the sample itself is one random outcome.
      const allowed = 0.5 + 2.5 * Math.sqrt(inSample)
      assert.ok(Math.abs(share - inSample) <= allowed, `${oddity}: ${share} instead of ${inSample}`)
    }
  })
})

describe('demo data also has oddities that the sample lacks', () => {
  const tables = generated({ doctors: 2_000, seed: 11 })

  test('blank texts in TCS instead of NULL', () => {
    const blank = (text: string | null): boolean => text !== null && text.trim() === ''
    assert.ok(tables.ContactDetails.some((row) => blank(row.surname)))
    assert.ok(tables.ContactDetails.some((row) => blank(row.forenames)))
    assert.ok(tables.ProgrammeMembership.some((row) => blank(row.programmeMembershipType)))
  })

  test('numbers padded with spaces on both sides', () => {
    assert.ok(tables.GmcDetails.some((row) => /^ +\d{7} +$/.test(row.gmcNumber ?? '')))
  })

  test('a number marked as old belongs to a doctor, who must not be joined', () => {
    const doctors = new Set(tables.doctorsForDB.map((row) => row.storedId))
    const marked = tables.GmcDetails.flatMap((row) => /^(\d{7}) \(old\)$/.exec(row.gmcNumber ?? '')?.[1] ?? [])
    assert.ok(marked.length > 0)
    for (const number of marked) assert.ok(doctors.has(number))
  })

  test('recommendations that differ only in their ids, and files that are not in the order of the ids', () => {
    const histories = [...recommendationsInOrder(tables).values()]
    const tied = histories.filter((history) => {
      const [latest, other] = history.toReversed()
      return (
        other !== undefined &&
        latest?.actualSubmissionDate === other.actualSubmissionDate &&
        latest.gmcSubmissionDate === other.gmcSubmissionDate
      )
    })
    assert.ok(tied.length > 0)
    const ids = tables.recommendation.map((row) => row.storedId)
    assert.notDeepEqual(ids, ids.toSorted())
  })

  test('recommendations for an unknown number, and for the doctor without one', () => {
    const doctors = new Set(tables.doctorsForDB.map((row) => row.storedId))
    const numbers = tables.recommendation.map((row) => row.gmcNumber ?? '')
    assert.ok(numbers.some((number) => !doctors.has(number)))
    assert.ok(doctors.has('UNKNOWN') && numbers.includes('UNKNOWN'))
    assert.ok(tables.exceptionLogs.some((row) => row.storedId === 'UNKNOWN'))
  })
})
