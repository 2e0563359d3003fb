import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { generate, type DemoOptions } from '../../../src/app/demo/generate.ts'
import { MOST_DOCTORS } from '../../../src/app/demo/gmc-numbers.ts'
import { personCount } from '../../../src/app/demo/persons.ts'
import { DESIGNATED_BODIES } from '../../../src/domain/designated-bodies.ts'
import { doctorOf, outcomeOf } from '../../../src/domain/doctor.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import { traineeOf } from '../../../src/domain/trainee.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { recommendationsInOrder, tcsPersons } from './judged.ts'
import { generated } from './tables.ts'

const anySeed = fc.maxSafeInteger()
const smallOptions = fc.record({ doctors: fc.integer({ min: 1, max: 900 }), seed: anySeed })

function digest(options: DemoOptions): string {
  const hash = createHash('sha256')
  for (const { table, rows } of generate(options)) {
    for (const row of rows) hash.update(`${table} ${JSON.stringify(row)}\n`)
  }
  return hash.digest('hex')
}

describe('the same seed and number of doctors', () => {
  test('give the same rows, also if two are generated alternately', () => {
    fc.assert(
      fc.property(smallOptions, (options) => {
        const both = [generate(options), generate(options)].map((batches) => batches[Symbol.iterator]())
        for (;;) {
          const [one, other] = both.map((batches) => batches.next())
          assert.deepEqual(one, other)
          if (one?.done !== false) return
        }
      }),
      { numRuns: 20 },
    )
  })

  test('give the rows recorded here, on any machine and day', () => {
    assert.equal(
      digest({ doctors: 1203, seed: 42 }),
      'c7ff3992ff6b1aca6fa94e61c8cfa1fdc6662fb91c0380ba49ae22ef5eb3e593',
    )
  })

  test('and another seed gives other rows in every table', () => {
    const [one, other] = [generated({ doctors: 200, seed: 1 }), generated({ doctors: 200, seed: 2 })]
    for (const table of ['ContactDetails', 'GmcDetails', 'Programme', 'ProgrammeMembership', 'doctorsForDB'] as const) {
      assert.notDeepEqual(one[table], other[table], table)
    }
    const far = generated({ doctors: 200, seed: 1 + 2 ** 32 })
    assert.notDeepEqual(one.ContactDetails, far.ContactDetails, 'the upper half of a seed counts too')
  })
})

describe('rows of any size and seed', () => {
  test('have unique keys, and refer to existing rows', () => {
    fc.assert(
      fc.property(smallOptions, (options) => {
        const tables = generated(options)
        const people = tables.ContactDetails.map((row) => row.id)
        const memberships = tables.ProgrammeMembership.map((row) => row.uuid.toLowerCase())
        assert.equal(tables.doctorsForDB.length, options.doctors)
        assert.equal(people.length, personCount(options.doctors))
        const keys = {
          persons: people,
          memberships,
          'GMC details': tables.GmcDetails.map((row) => row.id),
          programmes: tables.Programme.map((row) => row.id),
          curricula: tables.CurriculumMembership.map((row) => row.id),
          doctors: tables.doctorsForDB.map((row) => row.storedId.trim()),
          recommendations: tables.recommendation.map((row) => row.storedId),
          reasons: tables.exceptionLogs.map((row) => row.storedId),
        }
        for (const [what, all] of Object.entries(keys)) assert.equal(new Set<unknown>(all).size, all.length, what)

        const persons = new Set<number | null>(people)
        const programmes = new Set<number | null>(tables.Programme.map((row) => row.id))
        const owners = new Map(tables.ProgrammeMembership.map((row) => [row.uuid.toLowerCase(), row.personId]))
        assert.deepEqual(new Set(tables.Person.map((row) => row.id)), persons)
        for (const row of tables.GmcDetails) assert.ok(persons.has(row.id))
        for (const row of tables.ProgrammeMembership) {
          assert.ok(persons.has(row.personId))
          assert.ok(programmes.has(row.programmeId))
        }
        for (const row of tables.CurriculumMembership) {
          assert.equal(owners.get(row.programmeMembershipUuid?.toLowerCase() ?? ''), row.personId)
        }
      }),
      { numRuns: 25 },
    )
  })

  test('are valid by the rules', () => {
    fc.assert(
      fc.property(smallOptions, (options) => {
        const tables = generated(options)
        const ordered = recommendationsInOrder(tables)
        for (const person of tcsPersons(tables)) traineeOf(person, '2026-07-01', DESIGNATED_BODIES)
        for (const stored of tables.doctorsForDB) {
          const doctor = doctorOf(stored)
          outcomeOf(doctor.underNotice, ordered.get(stored.storedId)?.at(-1) ?? null, '2026-07-01')
        }
      }),
      { numRuns: 25 },
    )
  })

  test('give the same trainees on any day from 2026 to 2029', () => {
    const days = fc.date({ min: new Date('2026-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
    const people = tcsPersons(generated({ doctors: 600, seed: 3 }))
    const trainees = (day: string) => people.map((person) => traineeOf(person, day, DESIGNATED_BODIES))
    const expected = trainees('2028-02-29')
    assert.ok(expected.some((trainee) => trainee.curriculumEndDate !== null))
    fc.assert(
      fc.property(days, (date) => {
        assert.deepEqual(trainees(date.toISOString().slice(0, 10)), expected)
      }),
      { numRuns: 20 },
    )
  })
})

test('persons and doctors are not ordered by number, and their orders differ', () => {
  const { GmcDetails, doctorsForDB } = generated({ doctors: 3000, seed: 5 })
  const inTcs = GmcDetails.map((row) => gmcNumber(row.gmcNumber)).filter((number) => number !== null)
  const atGmc = doctorsForDB.map((row) => row.storedId)
  const places = new Map(inTcs.map((number, place) => [String(number), place]))
  const common = atGmc.map((number) => places.get(number)).filter((place) => place !== undefined)
  for (const sequence of [inTcs.map(Number), atGmc.map(Number), common]) {
    // Half of the steps of a shuffled sequence lead upwards.
    const rises = sequence.filter((value, index) => index > 0 && value > (sequence[index - 1] ?? 0)).length
    assert.ok(Math.abs(rises / sequence.length - 0.5) < 0.05, `${rises} of ${sequence.length} steps lead upwards`)
  }
})

test('no batch is empty or much longer than a thousand rows, whatever the size', () => {
  for (const doctors of [1, 2, 499, 500, 501, 4000]) {
    for (const { table, rows } of generate({ doctors, seed: 9 })) {
      assert.ok(rows.length > 0 && rows.length < 1_200, `${rows.length} rows of ${table}`)
    }
  }
})

test('there is a programme for every ten doctors, up to a few thousand', () => {
  const programmes = (doctors: number): number => {
    let rows = 0
    for (const batch of generate({ doctors, seed: 0 })) {
      if (batch.table !== 'Programme') break
      rows += batch.rows.length
    }
    return rows
  }
  assert.deepEqual([1, 1_203, 20_000, 1_000_000].map(programmes), [1, 120, 2_000, 3_000])
})

test('invalid options are refused before anything is generated', () => {
  for (const options of [
    { doctors: 0, seed: 1 },
    { doctors: 1.5, seed: 1 },
    { doctors: Number.NaN, seed: 1 },
    { doctors: MOST_DOCTORS + 1, seed: 1 },
    { doctors: 1, seed: 0.5 },
    { doctors: 1, seed: 2 ** 53 },
  ]) {
    assert.throws(
      () => generate(options),
      (error) => error instanceof RevalError && error.code === 'USAGE',
    )
  }
})
