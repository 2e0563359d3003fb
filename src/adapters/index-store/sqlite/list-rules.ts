import type { Day } from '../../../domain/day.ts'
import type { IndexName } from '../../../domain/lists.ts'

// The white space of `trim`, so that blank means the same here as in the domain.
const WHITE_SPACE = [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007,
  0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff,
]

// `lower` changes ASCII letters only; no other letter becomes one of "visitor".
const EXCEPTION = `(
  ifnull(lower(row.membershipType) = 'visitor', FALSE)
  OR ifnull(row.membershipEndDate < :today, FALSE) AND row.connectionStatus = 'Yes'
  OR ifnull(trim(row.exceptionReason, char(${WHITE_SPACE.join(', ')})) <> '', FALSE)
)`

/** Which rows belong to each index on the day `:today`: `belongsTo` of the domain as a condition. */
export const LIST_RULES: Readonly<Record<IndexName, string>> = {
  masterdoctorindex: 'TRUE',
  recommendationindex: 'TRUE',
  connectedindex: "row.connectionStatus = 'Yes'",
  disconnectedindex: "row.connectionStatus = 'No'",
  exceptionindex: EXCEPTION,
}

/** Whether a rule uses the day: SQLite refuses a parameter that the statement does not have. */
export function parametersOf(sql: string, today: Day): { readonly today?: Day } {
  return sql.includes(':today') ? { today } : {}
}
