import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import type { BodyScope, ListName } from './list-query.ts'
import { belongsTo } from './lists.ts'

type Visible = Pick<AssembledDocument, 'designatedBody' | 'tcsDesignatedBody' | 'existsInGmc'>

/** Whether a row is in a list on a day, whoever asks. Source: rules, "The lists of the API". */
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

/** The programme's owner and the GMC disagree on the body; military trainees always do. */
function isDiscrepancy({ designatedBody, tcsDesignatedBody, membershipType }: AssembledDocument): boolean {
  return designatedBody !== tcsDesignatedBody && membershipType?.toUpperCase() !== 'MILITARY'
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
