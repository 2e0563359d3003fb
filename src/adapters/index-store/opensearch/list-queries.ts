import type { Day } from '../../../domain/day.ts'
import type { IndexName } from '../../../domain/lists.ts'

/** The rows that show in any index. */
export const VISIBLE = { bool: { must_not: [{ term: { 'reval.hidden': true } }] } } as const

/** Visible rows with a reason. */
export const WITH_REASON = { term: { 'reval.withReason': true } } as const

/**
 * Which visible rows belong to an index on a day: `belongsTo` of the domain as a query. `'now'` is the day in London
 * whenever the query is asked, for an alias that is read by others.
 */
export function listQuery(index: IndexName, day: Day | 'now'): object {
  const connected = (status: 'Yes' | 'No') => ({ term: { 'connectionStatus.keyword': status } })
  switch (index) {
    case 'masterdoctorindex':
    case 'recommendationindex':
      return VISIBLE
    case 'connectedindex':
      return { bool: { filter: [VISIBLE, connected('Yes')] } }
    case 'disconnectedindex':
      return { bool: { filter: [VISIBLE, connected('No')] } }
    case 'exceptionindex': {
      const ended = { bool: { filter: [{ range: { membershipEndDate: before(day) } }, connected('Yes')] } }
      // Whether a type is "visitor" is decided when the row is written: engines fold other letters than the domain.
      const any = [{ term: { 'reval.visitor': true } }, ended, WITH_REASON]
      return { bool: { filter: [VISIBLE, { bool: { should: any, minimum_should_match: 1 } }] } }
    }
  }
}

function before(day: Day | 'now'): object {
  return day === 'now' ? { lt: 'now/d', time_zone: 'Europe/London' } : { lt: day }
}
