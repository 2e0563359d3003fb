import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import type { BodyScope, ListName } from './list-query.ts'
import { belongsTo } from './lists.ts'
import { sortKeyOf } from './search-keys.ts'

type Visible = Pick<AssembledDocument, 'designatedBody' | 'tcsDesignatedBody' | 'existsInGmc'>

/** Whether a row is in a list on a day, regardless of bodies. Source: rules, "The lists of the API". */
export function isInList(list: ListName, document: AssembledDocument, today: Day): boolean {
  switch (list) {
    case 'doctors':
      return document.existsInGmc === true
    case 'all':
      return true
    case 'connected':
      return belongsTo('connectedindex', document, today)
    case 'disconnected':
      return belongsTo('disconnectedindex', document, today)
    case 'exception':
      return belongsTo('exceptionindex', document, today)
    case 'discrepancies':
      return isDiscrepancy(document)
  }
}

/** The placement grade that discrepancies leave out. */
const EXCLUDED_GRADE = '279'

/**
 * Whether the programme's owner and the GMC disagree on the body. A row that lacks one of the two is a discrepancy; a row that lacks
 * both is not. Military trainees would always be one, so they are left out. Does not depend on the day.
 */
export function isDiscrepancy(document: AssembledDocument): boolean {
  const { designatedBody, tcsDesignatedBody, placementGrade } = document
  if (designatedBody === tcsDesignatedBody || sortKeyOf(document, 'membershipType') === 'military') return false
  return !(placementGrade ?? '').split(' | ').includes(EXCLUDED_GRADE)
}

/**
 * Whether a row of a list is visible within a scope. Without a limit (null), every row is; with an empty list of bodies, none.
 * Source: rules, "Whose rows".
 */
export function maySee(list: ListName, document: Visible, { bodies, tisBodies, unconnected }: BodyScope): boolean {
  const { designatedBody, tcsDesignatedBody } = document
  if (list === 'discrepancies') {
    if (bodies === null && tisBodies === null) return true
    return isOneOf(designatedBody, bodies ?? []) || isOneOf(tcsDesignatedBody, tisBodies ?? bodies ?? [])
  }
  if (bodies === null) return true
  if (bodies.length === 0) return false
  switch (list) {
    case 'doctors':
    case 'connected':
      return isOneOf(designatedBody, bodies)
    case 'disconnected':
      return belongsToNobody(document, bodies, unconnected)
    case 'all':
    case 'exception':
      return (
        isOneOf(designatedBody, bodies) ||
        isOneOf(tcsDesignatedBody, bodies) ||
        (designatedBody === null && belongsToNobody(document, bodies, unconnected))
      )
  }
}

/** For doctors without a designated body: each body that may take the doctor must find the row. */
function belongsToNobody(
  { tcsDesignatedBody }: Visible,
  bodies: readonly string[],
  unconnected: BodyScope['unconnected'],
): boolean {
  return unconnected === 'everybody' || tcsDesignatedBody === null || isOneOf(tcsDesignatedBody, bodies)
}

function isOneOf(body: string | null, bodies: readonly string[]): boolean {
  return body !== null && bodies.includes(body)
}
