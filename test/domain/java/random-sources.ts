import fc from 'fast-check'
import type { Recommendation, StoredDoctor } from '../../../src/domain/doctor.ts'
import { compareRecommendations } from '../../../src/domain/doctor.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import { aRecommendation, aStoredDoctor, aTrainee } from '../examples.ts'
import { PLAIN } from '../../messages/arbitraries.ts'
import type { ReferenceSources } from './reference-model.ts'

// Few numbers, so that rows share them, and whatever a rule is about.

const NUMBERS = ['1000001', '1000002', '1000003', '1000004', '1000005', '1000006'] as const
const number = fc.constantFrom(...NUMBERS)
const text = fc.constantFrom('UNKNOWN', 'Unknown', 'N/A', '1000001 (old)', '1000002 / old', '1000009 (old)')

const trainee = fc.record(
  {
    gmcReferenceNumber: fc.oneof({ weight: 4, arbitrary: number }, { weight: 2, arbitrary: text }, fc.constant(null)),
    doctorFirstName: fc.constantFrom('Aisha', 'Wei', null),
    programmeMembershipType: fc.constantFrom('SUBSTANTIVE', 'LAT', 'Visitor', null),
    curriculumEndDate: fc.option(fc.constantFrom('2027-01-17', '2030-02-28'), { nil: null }),
  },
  PLAIN,
)

const doctor = fc.record(
  {
    doctorFirstName: fc.constantFrom('AISHA', 'WEI', null, '', ' '),
    designatedBodyCode: fc.constantFrom('1-1RSSQ1B', '1-1RUZUSF', null, '', '  '),
    existsInGmc: fc.constantFrom(true, false, null),
    underNotice: fc.constantFrom('YES', 'NO'),
  },
  PLAIN,
)

const recommendation = fc.record(
  {
    outcome: fc.constantFrom('APPROVED', 'REJECTED', 'UNDER_REVIEW', null),
    actualSubmissionDate: fc.constantFrom('2026-05-20', '2026-05-21', '2026-02-01', null),
    gmcSubmissionDate: fc.constantFrom('2026-09-01', '2026-09-02', null),
  },
  PLAIN,
)

const reason = fc.constantFrom('Doctor already has a designated body', '  ', '', null)

/** Sources, with the recommendations in any order. The last doctor may be one who ends the Java job. */
export const referenceSources: fc.Arbitrary<ReferenceSources> = fc
  .record(
    {
      trainees: fc.array(trainee, { maxLength: 8 }),
      doctors: fc.uniqueArray(
        fc.tuple(fc.oneof({ weight: 8, arbitrary: number }, fc.constantFrom('UNKNOWN', '1000007')), doctor),
        { selector: ([id]) => id, maxLength: 7 },
      ),
      recommendations: fc.array(fc.tuple(number, recommendation), { maxLength: 8 }),
      reasons: fc.uniqueArray(fc.tuple(fc.oneof(number, fc.constant('UNKNOWN')), reason), {
        selector: ([id]) => id,
        maxLength: 3,
      }),
      endsJob: fc.boolean(),
    },
    PLAIN,
  )
  .map(({ trainees, doctors, recommendations, reasons, endsJob }) => {
    const own = new Map<string, Recommendation[]>()
    for (const [at, [of, each]] of recommendations.entries()) {
      own.set(of, [...(own.get(of) ?? []), aRecommendation({ ...each, storedId: `${(at * 7) % 10}` })])
    }
    const last = doctors.length - 1
    return {
      trainees: trainees.map((each, at): Trainee => aTrainee({ ...each, tcsPersonId: at + 1, placementGrade: null })),
      doctors: doctors.map(([storedId, each], at) => {
        const isEnd = endsJob && at === last && own.has(storedId)
        const stored: StoredDoctor = aStoredDoctor({
          ...each,
          storedId,
          underNotice: isEnd ? null : each.underNotice,
        })
        return { stored, latest: (own.get(storedId) ?? []).toSorted(compareRecommendations).at(-1) ?? null }
      }),
      reasons: reasons.map(([storedId, each]) => ({ storedId, reason: each })),
      recommendations: own,
    }
  })
