import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import type { BodyScope, ListName } from './list-query.ts'
import { belongsTo } from './lists.ts'
import { sortKeyOf } from './search-keys.ts'

type Visible = Pick<AssembledDocument, 'designatedBody' | 'tcsDesignatedBody' | 'existsInGmc'>

/** Whether a row is in a list on a day, for a person of any body. Source: rules, "The lists of the API". */
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

/** A grade that no list of discrepancies shows. */
const EXCLUDED_GRADE = '279'

/**
 * Whether the programme's owner and the GMC disagree on the body; a row that lacks one of the two disagrees, one that lacks both
 * does not. Military trainees, who always would, are left out. The same on any day.
 */
export function isDiscrepancy(document: AssembledDocument): boolean {
  const { designatedBody, tcsDesignatedBody, placementGrade } = document
  if (designatedBody === tcsDesignatedBody || sortKeyOf(document, 'membershipType') === 'military') return false
  return !(placementGrade ?? '').split(' | ').includes(EXCLUDED_GRADE)
}

/**
 * Whether somebody who may see these bodies may see a row of a list. Without a limit, everybody sees every row; with no body at
 * all, none. Source: rules, "Whose rows".
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

/** A doctor whom no body has yet: whichever body may take the doctor has to find the row. */
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
