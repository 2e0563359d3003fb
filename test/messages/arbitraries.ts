import fc from 'fast-check'
import { dayOf } from '../../src/domain/day.ts'
import { DOCTOR_STATUS, GMC_OUTCOME, UNDER_NOTICE } from '../../src/domain/codes.ts'
import type { Doctor, DoctorRow } from '../../src/domain/doctor.ts'
import type { Trainee } from '../../src/domain/trainee.ts'
import { codePoint } from './code-points.ts'

/** Plain objects, so that they compare as equal. */
export const PLAIN = { noNullPrototype: true } as const

/** A valid day in a four-digit year. */
export const day: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
  .map(([year, month, date]) => dayOf(year, month, date))
  .filter((each) => each !== null)

/** Text in any script, including astral planes; never blank. */
export const text: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: codePoint, maxLength: 12 }),
    fc.constantFrom('Null', 'null', '𝒜da', '李', 'عائشة', 'Ñandú', '😀'),
  )
  .filter((each) => each.trim() !== '')

const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null })

export const trainee: fc.Arbitrary<Trainee> = fc.record(
  {
    tcsPersonId: fc.maxSafeNat(),
    gmcReferenceNumber: orNull(text.map((each) => each.trim())),
    doctorFirstName: orNull(text),
    doctorLastName: orNull(text),
    programmeName: orNull(text),
    programmeMembershipType: orNull(text),
    tcsDesignatedBody: orNull(text),
    programmeOwner: orNull(text),
    programmeMembershipStartDate: orNull(day),
    programmeMembershipEndDate: orNull(day),
    curriculumEndDate: orNull(day),
    placementGrade: orNull(text),
  },
  PLAIN,
)

const doctor: fc.Arbitrary<Doctor> = fc.record(
  {
    gmcReferenceNumber: text,
    doctorFirstName: orNull(text),
    doctorLastName: orNull(text),
    submissionDate: orNull(day),
    dateAdded: orNull(day),
    underNotice: orNull(fc.constantFrom(...UNDER_NOTICE)),
    sanction: orNull(text),
    doctorStatus: orNull(fc.constantFrom(...DOCTOR_STATUS)),
    lastUpdatedDate: orNull(day),
    designatedBodyCode: orNull(text),
    admin: orNull(text),
    existsInGmc: fc.boolean(),
  },
  PLAIN,
)

export const doctorRow: fc.Arbitrary<DoctorRow> = fc.record(
  {
    doctor,
    outcome: orNull(fc.constantFrom(...GMC_OUTCOME)),
  },
  PLAIN,
)
