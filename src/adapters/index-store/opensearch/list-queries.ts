import type { Day } from '../../../domain/day.ts'
import type { IndexName } from '../../../domain/lists.ts'

/** Rows with a reason. */
export const WITH_REASON = { term: { 'reval.withReason': true } } as const

/**
 * Which rows belong to an index on a day: `belongsTo` of the domain as a query. `'now'` is the day in London
 * whenever the query runs, for an alias that others read.
 */
export function listQuery(index: IndexName, day: Day | 'now'): object {
  const connected = (status: 'Yes' | 'No') => ({ term: { 'connectionStatus.keyword': status } })
  switch (index) {
    case 'masterdoctorindex':
    case 'recommendationindex':
      return { match_all: {} }
    case 'connectedindex':
      return connected('Yes')
    case 'disconnectedindex':
      return connected('No')
    case 'exceptionindex': {
      const ended = { bool: { filter: [{ range: { membershipEndDate: before(day) } }, connected('Yes')] } }
      // Whether a type is "visitor" is decided when the row is written: engines fold other letters than the domain.
      const any = [{ term: { 'reval.visitor': true } }, ended, WITH_REASON]
      return { bool: { should: any, minimum_should_match: 1 } }
    }
  }
}

function before(day: Day | 'now'): object {
  return day === 'now' ? { lt: 'now/d', time_zone: 'Europe/London' } : { lt: day }
}
