import fc from 'fast-check'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import { aMembership, aNumber, aPerson, aRecommendation, aStoredDoctor } from '../examples.ts'
import type { Document, Happening } from './sources.ts'

/** The two days on which generations are built. On the second, the membership has ended and an outcome is dropped. */
export const DAYS = ['2026-06-01', '2026-06-02'] as const

const ONE = aNumber('1111111')
const TWO = aNumber('2222222')
const THREE = aNumber('3333333')
const NUMBERS = fc.constantFrom<GmcNumber>(ONE, TWO, THREE)
const NAMES = fc.constantFrom('A', 'B')

const PERSON: fc.Arbitrary<Omit<TcsPerson, 'personId'>> = fc.record({
  surname: NAMES,
  gmcDetails: fc.record({
    gmcNumber: fc.oneof({ weight: 6, arbitrary: NUMBERS }, fc.constantFrom(null, 'UNKNOWN', '1111111 (old)')),
  }),
  memberships: fc.constantFrom([], [aMembership({ programmeEndDate: DAYS[0] })]),
  placements: fc.constantFrom([], [{ gradeId: '279', dateFrom: DAYS[0], dateTo: DAYS[0] }]),
  forenames: fc.constant('F'),
  role: fc.constant(null),
})

const DOCUMENT: fc.Arbitrary<(storedId: string) => Document> = fc
  .record({ doctorLastName: NAMES, designatedBodyCode: fc.constantFrom(null, '1-1RSSQ1B'), approved: fc.boolean() })
  .map(({ approved, ...differing }) => (storedId) => ({
    stored: aStoredDoctor({ storedId, ...differing }),
    latest: approved ? aRecommendation({ outcome: 'APPROVED', actualSubmissionDate: '2026-05-01' }) : null,
  }))

/** An event in a world so small that people, documents and numbers keep colliding. */
export const HAPPENING: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 3), fc.option(PERSON, { freq: 4 }))
      .map(([personId, is]) => ({ in: 'tcs' as const, personId, person: is && aPerson({ ...is, personId }) })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        // Two are the same number when trimmed, one is not a number.
        fc.oneof(
          { weight: 3, arbitrary: NUMBERS },
          { weight: 2, arbitrary: fc.constantFrom(` ${ONE}`, `${ONE}\u00a0`) },
          fc.constant('UNKNOWN'),
        ),
        fc.option(DOCUMENT, { freq: 3 }),
      )
      .map(([storedId, document]) => ({ in: 'gmc' as const, storedId, document: document && document(storedId) })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      in: fc.constant('exceptions' as const),
      number: NUMBERS,
      reason: fc.constantFrom(null, 'Missing body', ' '),
    }),
  },
)
