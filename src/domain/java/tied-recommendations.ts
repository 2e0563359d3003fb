import { STORED_OUTCOME, outcomeOf, type Recommendation } from '../doctor.ts'
import { isDay, withoutTimeOfDay, type Day } from '../day.ts'
import type { GmcOutcome, UnderNotice } from '../codes.ts'

/**
 * What each of the recommendations that share the latest `actualSubmissionDate` would show: the Java services take any of them. One that is not
 * valid would show nothing.
 */
export function tiedOutcomes(
  underNotice: UnderNotice | null,
  recommendations: readonly Recommendation[],
  today: Day,
): readonly (GmcOutcome | null)[] {
  const latest = recommendations.map(submittedOn).reduce((a, b) => (a > b ? a : b), '')
  return recommendations
    .filter((each) => submittedOn(each) === latest)
    .map((each) => (isValid(each) ? outcomeOf(underNotice, each, today) : null))
}

function submittedOn({ actualSubmissionDate }: Recommendation): string {
  return withoutTimeOfDay(actualSubmissionDate ?? '')
}

function isValid({ outcome, actualSubmissionDate, gmcSubmissionDate }: Recommendation): boolean {
  const days = [actualSubmissionDate, gmcSubmissionDate].map((date) => withoutTimeOfDay(date ?? ''))
  const isKnown = (outcome ?? '').trim() === '' || STORED_OUTCOME.some((each) => each === outcome)
  return isKnown && days.every((day) => day === '' || isDay(day))
}
