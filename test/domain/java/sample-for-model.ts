import type { Recommendation } from '../../../src/domain/doctor.ts'
import { sampleSources } from '../sample-rows.ts'
import { sampleRecommendations } from '../sample-source.ts'
import type { ReferenceSources } from './reference-model.ts'

/** The sample, with the doctors who end the Java job last. */
export function sampleForModel(): ReferenceSources {
  const sources = sampleSources()
  const recommendations: ReadonlyMap<string, readonly Recommendation[]> = sampleRecommendations()
  const ends = ({ stored }: (typeof sources.doctors)[number]) =>
    stored.underNotice === null && recommendations.has(stored.storedId)
  const doctors = [...sources.doctors.filter((each) => !ends(each)), ...sources.doctors.filter(ends)]
  return { ...sources, doctors, recommendations }
}
