import { DOCTOR_STATUS } from '../../domain/codes.ts'
import type { SourceTables } from '../../ports/source-filling.ts'
import { daysOf } from './calendar.ts'
import { Deck } from './deck.ts'
import { Draws } from './random.ts'

type Recommendation = SourceTables['recommendation']

/** Documents of `recommendation` for one number after another. */
export interface Recommendations {
  /** What a doctor happens to have: nothing, one, or several, some of them tied for the latest. */
  ofDoctor(storedId: string): Recommendation[]
  /** Exactly one. */
  one(gmcNumber: string): Recommendation
}

export function recommendations(seed: number): Recommendations {
  const draws = new Draws(seed, 'recommendations')
  const counts = new Deck(draws, [
    [0, 550],
    [1, 427],
    [2, 166],
    [4, 60],
  ])
  const ties = new Deck(draws, [
    ['none', 217],
    ['in the actual date', 7],
    ['in both dates', 2],
  ])
  const one = singleRecommendations(draws)

  function ofDoctor(storedId: string): Recommendation[] {
    const several = Array.from({ length: counts.deal() }, () => one(storedId))
    const last = several.pop()
    if (last === undefined) return []
    if (several.length === 0) return [last]
    const tied = tiedWith(latestOf(several), last, ties.deal())
    // A file need not be in the order of the ids, and a tie must not fall as the file happens to be.
    return draws.below(4) === 0 ? [tied, ...several] : [...several, tied]
  }

  return { ofDoctor, one }
}

function latestOf(several: readonly Recommendation[]): Recommendation | undefined {
  const date = (each: Recommendation): string => each.actualSubmissionDate ?? ''
  return several.reduce<Recommendation | undefined>(
    (latest, each) => (latest === undefined || date(each) > date(latest) ? each : latest),
    undefined,
  )
}

function tiedWith(
  latest: Recommendation | undefined,
  last: Recommendation,
  tie: 'none' | 'in the actual date' | 'in both dates',
): Recommendation {
  if (latest === undefined || tie === 'none') return last
  const { actualSubmissionDate, gmcSubmissionDate } = latest
  return tie === 'in both dates'
    ? { ...last, actualSubmissionDate, gmcSubmissionDate }
    : { ...last, actualSubmissionDate }
}

function singleRecommendations(draws: Draws): (gmcNumber: string) => Recommendation {
  const outcomes = new Deck(draws, [
    ['APPROVED', 299],
    ['UNDER_REVIEW', 285],
    ['REJECTED', 270],
    [null, 145],
  ])
  const submitted = new Deck(draws, [
    ['long ago', 591],
    ['to come', 316],
    [null, 92],
  ])
  const longAgo = daysOf(draws, 2015, 2024)
  const toCome = daysOf(draws, 2033, 2034)
  const gmcDays = daysOf(draws, 2024, 2030)
  let lastId = 0

  return (gmcNumber) => {
    lastId += 1 + draws.below(8)
    const when = submitted.deal()
    return {
      storedId: `5f${lastId.toString(16).padStart(22, '0')}`,
      gmcNumber,
      outcome: outcomes.deal(),
      recommendationType: draws.pick(['REVALIDATE', 'NON_ENGAGEMENT', 'DEFER']),
      recommendationStatus: draws.pick(DOCTOR_STATUS),
      gmcSubmissionDate: gmcDays(),
      actualSubmissionDate: when === null ? null : when === 'long ago' ? longAgo() : toCome(),
      gmcRevalidationId: String(draws.below(1_000_000)),
      admin: 'reval.admin@example.nhs.uk',
    }
  }
}
