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
/** Comes about by chance alone, three independent ones at once: nearly always, and not whatever the seed. */
const BY_CHANCE = 'approved undated, under notice'

describe('compared with the sample', () => {
  test('every oddity of it occurs from 2,000 doctors on, whatever the seed', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 2_000, max: 2_600 }), (seed, doctors) => {
        const found = census(generated({ doctors, seed }))
        const missing = Object.keys(sample).filter((oddity) => found[oddity] === 0 && oddity !== BY_CHANCE)
        assert.deepEqual(missing, [])
      }),
      { numRuns: 12 },
    )
  })

  test('every oddity has the share that it has there', () => {
    const times = 10
    const found = census(generated({ doctors: times * SAMPLE_DOCTORS, seed: 7 }))
    for (const [oddity, inSample] of Object.entries(sample)) {
      assert.ok(inSample > 0, `the sample has no ${oddity}`)
      const share = (found[oddity] ?? 0) / times
      // Most are met exactly; for what comes about by chance, the sample itself is one throw of the dice.
      const allowed = 0.5 + 2.5 * Math.sqrt(inSample)
      assert.ok(Math.abs(share - inSample) <= allowed, `${oddity}: ${share} instead of ${inSample}`)
    }
  })
})

describe('what the sample has not, occurs as well', () => {
  const tables = generated({ doctors: 2_000, seed: 11 })

  test('texts in TCS that are blank and not NULL', () => {
    const blank = (text: string | null): boolean => text !== null && text.trim() === ''
    assert.ok(tables.ContactDetails.some((row) => blank(row.surname)))
    assert.ok(tables.ContactDetails.some((row) => blank(row.forenames)))
    assert.ok(tables.ProgrammeMembership.some((row) => blank(row.programmeMembershipType)))
  })

  test('numbers padded with spaces on both sides', () => {
    assert.ok(tables.GmcDetails.some((row) => /^ +\d{7} +$/.test(row.gmcNumber ?? '')))
  })

  test('a number marked as old is a doctor’s, who must not be joined', () => {
    const doctors = new Set(tables.doctorsForDB.map((row) => row.storedId))
    const marked = tables.GmcDetails.flatMap((row) => /^(\d{7}) \(old\)$/.exec(row.gmcNumber ?? '')?.[1] ?? [])
    assert.ok(marked.length > 0)
    for (const number of marked) assert.ok(doctors.has(number))
  })

  test('recommendations that only their ids tell apart, and files that are not in the order of the ids', () => {
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

  test('recommendations of a number that no doctor has, and of the doctor without one', () => {
    const doctors = new Set(tables.doctorsForDB.map((row) => row.storedId))
    const numbers = tables.recommendation.map((row) => row.gmcNumber ?? '')
    assert.ok(numbers.some((number) => !doctors.has(number)))
    assert.ok(doctors.has('UNKNOWN') && numbers.includes('UNKNOWN'))
    assert.ok(tables.exceptionLogs.some((row) => row.storedId === 'UNKNOWN'))
  })
})
