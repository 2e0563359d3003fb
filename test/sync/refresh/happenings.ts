import fc from 'fast-check'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import { doctorRowId, traineeRowId } from '../../../src/domain/row.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import { aMembership, aNumber, aPerson, aRecommendation, aStoredDoctor } from '../../domain/examples.ts'
import type { Document, Happening } from './world.ts'

/** The days of generations. On the second, the membership has ended and an outcome is dropped. */
export const DAYS = ['2026-06-01', '2026-06-02'] as const

export const NUMBERS = [aNumber('1111111'), aNumber('2222222'), aNumber('3333333')] as const
const [ONE] = NUMBERS
export const PERSON_IDS = [1, 2, 3] as const
/** Of numbers as stored, two are the same as another once trimmed; the last is none. */
export const STORED_IDS = [...NUMBERS, ` ${ONE}`, `${ONE}\u00a0`, 'UNKNOWN'] as const

/** The ids of all rows that there can be. */
export const ROW_IDS = [...PERSON_IDS.map(traineeRowId), ...STORED_IDS.map(doctorRowId)]

const NAMES = fc.constantFrom('A', 'B')
const NUMBER: fc.Arbitrary<GmcNumber> = fc.constantFrom(...NUMBERS)
const CURRENT = aMembership({ programmeEndDate: DAYS[0] })
/** Refused by a rule. */
const IMPOSSIBLE = aMembership({ programmeEndDate: '2026-02-31' })

const PERSON: fc.Arbitrary<Omit<TcsPerson, 'personId'>> = fc.record({
  surname: NAMES,
  gmcDetails: fc.oneof(
    { weight: 8, arbitrary: NUMBER.map((gmcNumber) => ({ gmcNumber })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(null, 'UNKNOWN', '1111111 (old)', ' 1111111').map((gmcNumber) => ({ gmcNumber })),
    },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  memberships: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom([], [CURRENT]) },
    { weight: 1, arbitrary: fc.constant([IMPOSSIBLE]) },
  ),
  placements: fc.constantFrom([], [{ gradeId: '279', dateFrom: DAYS[0], dateTo: DAYS[0] }]),
  forenames: fc.constant('F'),
  role: fc.constant(null),
})

const DOCUMENT: fc.Arbitrary<(storedId: string) => Document> = fc
  .record({
    doctorLastName: NAMES,
    designatedBodyCode: fc.constantFrom(null, '1-1RSSQ1B'),
    underNotice: fc.oneof({ weight: 6, arbitrary: fc.constant('YES') }, fc.constant('PERHAPS')),
    outcome: fc.constantFrom(null, 'APPROVED', 'REJECTED'),
  })
  .map(({ outcome, ...differing }) => (storedId) => ({
    stored: aStoredDoctor({ storedId, ...differing }),
    latest: outcome === null ? null : aRecommendation({ outcome, actualSubmissionDate: '2026-05-01' }),
  }))

/** An event in a world so small that people, documents and numbers keep colliding. */
export const HAPPENING: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...PERSON_IDS), fc.option(PERSON, { freq: 4 }))
      .map(([personId, is]) => ({ in: 'tcs' as const, personId, person: is && aPerson({ ...is, personId }) })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...NUMBERS, ...STORED_IDS), fc.option(DOCUMENT, { freq: 3 }))
      .map(([storedId, document]) => ({ in: 'gmc' as const, storedId, document: document && document(storedId) })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      in: fc.constant('exceptions' as const),
      number: NUMBER,
      reason: fc.constantFrom(null, 'Missing body', ' '),
    }),
  },
)
