import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'

/** The five names that users read. */
export const INDEX_NAMES = [
  'masterdoctorindex',
  'recommendationindex',
  'connectedindex',
  'disconnectedindex',
  'exceptionindex',
] as const
export type IndexName = (typeof INDEX_NAMES)[number]

export type Field = keyof AssembledDocument

const MASTER_FIELDS = [
  'tcsPersonId',
  'gmcReferenceNumber',
  'doctorFirstName',
  'doctorLastName',
  'submissionDate',
  'programmeName',
  'membershipType',
  'designatedBody',
  'gmcStatus',
  'tisStatus',
  'admin',
  'lastUpdatedDate',
  'underNotice',
  'tcsDesignatedBody',
  'programmeOwner',
  'curriculumEndDate',
  'connectionStatus',
  'membershipStartDate',
  'membershipEndDate',
  'existsInGmc',
] as const satisfies readonly Field[]

const RECOMMENDATION_FIELDS = [
  'tcsPersonId',
  'gmcReferenceNumber',
  'doctorFirstName',
  'doctorLastName',
  'designatedBody',
  'submissionDate',
  'gmcStatus',
  'tisStatus',
  'programmeName',
  'membershipType',
  'curriculumEndDate',
  'admin',
  'lastUpdatedDate',
  'underNotice',
  'existsInGmc',
] as const satisfies readonly Field[]

const CONNECTION_FIELDS = [
  'tcsPersonId',
  'gmcReferenceNumber',
  'doctorFirstName',
  'doctorLastName',
  'submissionDate',
  'programmeName',
  'membershipType',
  'designatedBody',
  'tcsDesignatedBody',
  'programmeOwner',
  'connectionStatus',
  'membershipStartDate',
  'membershipEndDate',
  'exceptionReason',
] as const satisfies readonly Field[]

/** The fields that each index shows, and no others. Source: rules, "The four lists". */
export const INDEX_FIELDS: Readonly<Record<IndexName, readonly Field[]>> = {
  masterdoctorindex: MASTER_FIELDS,
  recommendationindex: RECOMMENDATION_FIELDS,
  connectedindex: CONNECTION_FIELDS,
  disconnectedindex: CONNECTION_FIELDS,
  exceptionindex: CONNECTION_FIELDS,
}

/** Whether a row is of a visitor, in whatever case that is written. */
export function isVisitor({ membershipType }: AssembledDocument): boolean {
  return membershipType !== null && membershipType.toLowerCase() === 'visitor'
}

/** Whether a row has a reason to show. */
export function hasReason({ exceptionReason }: AssembledDocument): boolean {
  return exceptionReason !== null && exceptionReason.trim() !== ''
}

function isException(document: AssembledDocument, today: Day): boolean {
  const { membershipEndDate, connectionStatus } = document
  const ended = membershipEndDate !== null && membershipEndDate < today && connectionStatus === 'Yes'
  return isVisitor(document) || ended || hasReason(document)
}

/**
 * Whether a visible row belongs to an index on a day. Each backend holds the same rule as a query; a property test
 * holds the two together. Source: rules, "The four lists".
 */
export function belongsTo(index: IndexName, document: AssembledDocument, today: Day): boolean {
  switch (index) {
    case 'masterdoctorindex':
    case 'recommendationindex':
      return true
    case 'connectedindex':
      return document.connectionStatus === 'Yes'
    case 'disconnectedindex':
      return document.connectionStatus === 'No'
    case 'exceptionindex':
      return isException(document, today)
  }
}

/** A document as an index shows it: the index's fields that are not null. */
export type IndexDocument = Readonly<Record<string, string | number | boolean>>

/** The document that an index shows of a row: its own fields, in alphabetical order, nulls left out. */
export function documentIn(index: IndexName, assembled: AssembledDocument): IndexDocument {
  const document: Record<string, string | number | boolean> = {}
  for (const field of SORTED_FIELDS[index]) {
    const value = assembled[field]
    if (value !== null) document[field] = value
  }
  return document
}

const SORTED_FIELDS: Readonly<Record<IndexName, readonly Field[]>> = {
  masterdoctorindex: MASTER_FIELDS.toSorted(),
  recommendationindex: RECOMMENDATION_FIELDS.toSorted(),
  connectedindex: CONNECTION_FIELDS.toSorted(),
  disconnectedindex: CONNECTION_FIELDS.toSorted(),
  exceptionindex: CONNECTION_FIELDS.toSorted(),
}
