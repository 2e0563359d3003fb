import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { doctorOf, type StoredDoctor } from '../../src/domain/doctor.ts'
import { DOCTOR_FIELDS, fieldsOf, TRAINEE_FIELDS } from '../../src/domain/fields.ts'
import {
  traineeOf,
  type TcsMembership,
  type TcsPerson,
  type TcsPlacement,
  type Trainee,
} from '../../src/domain/trainee.ts'
import { digestOfDoctors, digestOfTrainees, kindOfDigest } from '../../src/messages/digest.ts'
import { decodeDoctors, encodeDoctors } from '../../src/messages/doctor.ts'
import { decodeTrainees, encodeTrainees } from '../../src/messages/trainee.ts'
import { doctorRow, trainee } from './arbitraries.ts'
import { codePoint } from './code-points.ts'
import { bytes, textOf, values } from './bodies.ts'
import { withArrayDates } from './captures.ts'

const trainees = fc.array(trainee, { minLength: 1, maxLength: 5 })
const doctorRows = fc.array(doctorRow, { minLength: 1, maxLength: 5 })

const decodedTrainees = (message: Uint8Array) => digestOfTrainees(values(decodeTrainees(message)))
const decodedDoctors = (message: Uint8Array) => digestOfDoctors(values(decodeDoctors(message)))

/** Text as it may be in a column: blank, padded, half a surrogate pair. */
const storedText = fc.option(
  fc.oneof(
    fc.string({ unit: codePoint, maxLength: 8 }),
    fc.constantFrom('', ' ', '\u00a0', ' x\u00a0', '\ud83d', 'a\udc00'),
  ),
)
const storedDay = fc.option(
  fc.constantFrom(
    '2021-07-23',
    '0001-01-01',
    '9999-12-31',
    ' 2024-02-29 ',
    '2026-06-01T23:59:59Z',
    '2026-06-01 00:00',
    '',
  ),
)
const membership: fc.Arbitrary<TcsMembership> = fc.record({
  programmeMembershipType: storedText,
  programmeStartDate: fc.constantFrom('2021-07-23', '2026-06-01T00:00:00Z'),
  programmeEndDate: fc.constantFrom('2027-01-01', ' 2026-06-01 '),
  programme: fc.option(
    fc.record({ programmeName: storedText, owner: fc.oneof(storedText, fc.constantFrom('Wessex', 'North West')) }),
  ),
  curriculumEndDates: fc.array(storedDay, { maxLength: 2 }),
})
const placement: fc.Arbitrary<TcsPlacement> = fc.record({
  gradeId: fc.constantFrom(null, '279', '1012'),
  dateFrom: fc.constantFrom('2021-07-23', '2026-06-01T00:00:00Z'),
  dateTo: fc.constantFrom('2027-01-01', null),
})
const person: fc.Arbitrary<TcsPerson> = fc.record({
  personId: fc.maxSafeInteger(),
  surname: storedText,
  forenames: storedText,
  role: storedText,
  gmcDetails: fc.option(fc.record({ gmcNumber: storedText })),
  memberships: fc.array(membership, { maxLength: 2 }),
  placements: fc.array(placement, { maxLength: 2 }),
})
const storedDoctor: fc.Arbitrary<StoredDoctor> = fc.record({
  storedId: storedText.map((each) => `${(each ?? '').toWellFormed()}7`),
  doctorFirstName: storedText,
  doctorLastName: storedText,
  submissionDate: storedDay,
  dateAdded: storedDay,
  underNotice: fc.constantFrom(null, '', 'YES', 'ON_HOLD'),
  sanction: storedText,
  doctorStatus: fc.constantFrom(null, ' ', 'DRAFT'),
  lastUpdatedDate: storedDay,
  designatedBodyCode: storedText,
  admin: storedText,
  existsInGmc: fc.option(fc.boolean()),
})

describe('sender and receiver compute the same digest', () => {
  test('for any trainees and doctors, with dates in either form', () => {
    fc.assert(
      fc.property(trainees, doctorRows, (sentTrainees, sentDoctors) => {
        const ofTrainees = digestOfTrainees(sentTrainees)
        const traineeMessage = encodeTrainees(sentTrainees)
        assert.equal(decodedTrainees(traineeMessage), ofTrainees)
        assert.equal(decodedTrainees(bytes(withArrayDates(textOf(traineeMessage)))), ofTrainees)
        assert.equal(decodedDoctors(encodeDoctors(sentDoctors)), digestOfDoctors(sentDoctors))
      }),
    )
  })

  // Blank or padded text and times of day are normalised before a row is sent.
  test('for any source data', () => {
    fc.assert(
      fc.property(person, storedDoctor, (stored, document) => {
        const sent = [traineeOf(stored, '2026-06-01', DESIGNATED_BODIES)]
        assert.equal(decodedTrainees(encodeTrainees(sent)), digestOfTrainees(sent))
        const row = [{ doctor: doctorOf(document), outcome: null }]
        assert.equal(decodedDoctors(encodeDoctors(row)), digestOfDoctors(row))
      }),
    )
  })

  test('for any order of fields', () => {
    const reversed = <T extends object>(object: T) => Object.fromEntries(Object.entries(object).reverse()) as T
    fc.assert(
      fc.property(trainee, doctorRow, (one, { doctor, outcome }) => {
        assert.equal(digestOfTrainees([reversed(one)]), digestOfTrainees([one]))
        assert.equal(
          digestOfDoctors([reversed({ doctor: reversed(doctor), outcome })]),
          digestOfDoctors([{ doctor, outcome }]),
        )
      }),
    )
  })
})

/** The object with one field taken from another; null if both are equal there. */
function withFieldOf<T extends object>(object: T, other: T, field: keyof T): T | null {
  return object[field] === other[field] ? null : { ...object, [field]: other[field] }
}

/** The rows with one replaced. */
function withRow<T>(rows: readonly T[], index: number, row: T): T[] {
  return rows.map((each, at) => (at === index ? row : each))
}

describe('the digest changes', () => {
  for (const field of fieldsOf(TRAINEE_FIELDS)) {
    test(`with ${field} of any trainee`, () => {
      let changes = 0
      fc.assert(
        fc.property(trainees, trainee, fc.nat(), (rows, other, at) => {
          const index = at % rows.length
          const changed = withFieldOf(rows[index] ?? other, other, field)
          if (changed === null) return
          changes += 1
          assert.notEqual(digestOfTrainees(withRow(rows, index, changed)), digestOfTrainees(rows))
        }),
      )
      assert.ok(changes > 20)
    })
  }

  for (const field of [...fieldsOf(DOCTOR_FIELDS), 'outcome'] as const) {
    test(`with ${field} of any doctor`, () => {
      let changes = 0
      fc.assert(
        fc.property(doctorRows, doctorRow, fc.nat(), (rows, other, at) => {
          const index = at % rows.length
          const row = rows[index] ?? other
          const doctor = field === 'outcome' ? row.doctor : withFieldOf(row.doctor, other.doctor, field)
          const outcome = field === 'outcome' ? other.outcome : row.outcome
          if (doctor === null || (field === 'outcome' && outcome === row.outcome)) return
          changes += 1
          assert.notEqual(digestOfDoctors(withRow(rows, index, { doctor, outcome })), digestOfDoctors(rows))
        }),
      )
      assert.ok(changes > 20)
    })
  }

  test('if a value moves to the next field, or "null" becomes null', () => {
    const of = (change: Partial<Trainee>) => digestOfTrainees([{ ...EMPTY, ...change }])
    const different = [
      of({}),
      of({ doctorFirstName: 'A' }),
      of({ doctorLastName: 'A' }),
      of({ doctorFirstName: 'A","B' }),
      of({ doctorFirstName: 'A', doctorLastName: 'B' }),
      of({ doctorFirstName: 'null' }),
      of({ doctorFirstName: '\ud83d' }),
      of({ doctorFirstName: '\udc00' }),
      of({ doctorFirstName: '\ufffd' }),
      of({ doctorFirstName: '\\ud83d' }),
      of({ doctorFirstName: 'é' }),
      of({ doctorFirstName: 'e\u0301' }),
    ]
    assert.equal(new Set(different).size, different.length)
  })

  test('with the order and number of rows', () => {
    fc.assert(
      fc.property(trainees, trainee, (rows, other) => {
        fc.pre(rows.every(({ tcsPersonId }) => tcsPersonId !== other.tcsPersonId))
        const digest = digestOfTrainees([...rows, other])
        assert.notEqual(digestOfTrainees([other, ...rows]), digest)
        assert.notEqual(digestOfTrainees(rows), digest)
        assert.notEqual(digestOfTrainees([...rows, other, other]), digest)
      }),
    )
  })
})

const EMPTY: Trainee = {
  tcsPersonId: 1,
  gmcReferenceNumber: null,
  doctorFirstName: null,
  doctorLastName: null,
  programmeName: null,
  programmeMembershipType: null,
  tcsDesignatedBody: null,
  programmeOwner: null,
  programmeMembershipStartDate: null,
  programmeMembershipEndDate: null,
  curriculumEndDate: null,
  placementGrade: null,
}

test('the digest of this version never changes, because other services compare it', () => {
  assert.equal(digestOfTrainees([EMPTY]), '101046-dcdc8a5721ac6e50cef1d72c52aacaf0')
  assert.equal(kindOfDigest(digestOfTrainees([EMPTY])), 'comparable')
})
