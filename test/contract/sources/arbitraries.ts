import fc from 'fast-check'
import { row, uuid, type TableRows } from './rows.ts'

const text = fc.option(
  fc.constantFrom('', ' ', 'Smith', 'O’Neill', 'Nguyễn', 'محمد', '"quoted", \\ and\nbroken', '😀', 'Null'),
)
const day = fc.option(fc.constantFrom('2019-08-07', '2024-02-29', '2031-12-31', '2040-01-01'))
/** GMC numbers and what stands in their place. */
export const number = fc.constantFrom(
  '1234567',
  ' 1234567',
  '1234567\u00a0',
  '7654321',
  '0000001',
  'UNKNOWN',
  ' UNKNOWN',
  '123',
)
export const id = fc.integer({ min: 1, max: 8 })

function uniqueBy<Row>(arbitrary: fc.Arbitrary<Row>, key: (row: Row) => unknown): fc.Arbitrary<Row[]> {
  return fc.uniqueArray(arbitrary, { selector: key, maxLength: 12 })
}

const anyCase = fc.tuple(id, fc.boolean()).map(([each, upper]) => (upper ? uuid(each).toUpperCase() : uuid(each)))

/** TCS tables with unique keys, and valid and dangling references. */
export const tcsTables: fc.Arbitrary<TableRows> = fc.record({
  ContactDetails: uniqueBy(fc.record({ id, surname: text, forenames: text }), (each) => each.id),
  GmcDetails: uniqueBy(fc.record({ id, gmcNumber: fc.option(number) }), (each) => each.id),
  Person: uniqueBy(fc.record({ id, role: text }), (each) => each.id),
  Programme: uniqueBy(fc.record({ id, owner: text, programmeName: text, programmeNumber: text }), (each) => each.id),
  ProgrammeMembership: uniqueBy(
    fc.record({
      uuid: anyCase,
      personId: fc.option(id),
      programmeId: fc.option(id),
      programmeMembershipType: text,
      programmeStartDate: day,
      programmeEndDate: day,
    }),
    (each) => each.uuid.toLowerCase(),
  ),
  CurriculumMembership: uniqueBy(
    fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.option(anyCase), day)
      .map(([each, programmeMembershipUuid, curriculumEndDate]) =>
        row('CurriculumMembership', { id: each, programmeMembershipUuid, curriculumEndDate }),
      ),
    (each) => each.id,
  ),
  Placement: fc.array(
    fc.record({
      traineeId: fc.option(id),
      gradeId: fc.option(fc.constantFrom(9, 279, 1012)),
      dateFrom: day,
      dateTo: day,
    }),
    { maxLength: 12 },
  ),
})

/** GMC collections with few numbers and days, so that they collide. */
export const gmcCollections: fc.Arbitrary<TableRows> = fc.record({
  doctorsForDB: uniqueBy(
    fc
      .record({
        storedId: number,
        doctorFirstName: text,
        doctorLastName: text,
        submissionDate: day,
        underNotice: fc.option(fc.constantFrom('YES', 'NO', 'PERHAPS')),
        admin: text,
        existsInGmc: fc.option(fc.boolean()),
      })
      .map((columns) => row('doctorsForDB', columns)),
    (each) => each.storedId,
  ),
  recommendation: uniqueBy(
    fc
      .record({
        storedId: fc.integer({ min: 0, max: 200 }).map((each) => each.toString(16).padStart(24, '0')),
        gmcNumber: fc.option(number),
        outcome: fc.option(fc.constantFrom('APPROVED', 'REJECTED', 'UNDER_REVIEW')),
        actualSubmissionDate: day,
        gmcSubmissionDate: day,
      })
      .map((columns) => row('recommendation', columns)),
    (each) => each.storedId,
  ),
})
