import type { IndexName } from '../../domain/lists.ts'

/** The names of the lists, as pages have them. */
export const LIST_NAMES = {
  masterdoctorindex: 'Master',
  recommendationindex: 'Recommendation',
  connectedindex: 'Connected',
  disconnectedindex: 'Disconnected',
  exceptionindex: 'Exception',
} as const satisfies Readonly<Record<IndexName, string>>
