import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import { entryOf, FIELDS, type Field } from './fields.ts'

/** The five indexes that users read. */
export const INDEX_NAMES = [
  'masterdoctorindex',
  'recommendationindex',
  'connectedindex',
  'disconnectedindex',
  'exceptionindex',
] as const
export type IndexName = (typeof INDEX_NAMES)[number]

/** The four lists: the indexes that have only some of the rows or fields of the master index. */
export const LIST_NAMES = INDEX_NAMES.filter((name) => name !== 'masterdoctorindex')
export type ListName = (typeof LIST_NAMES)[number]

/** A value for each list. */
export function byList<T>(of: (list: ListName) => T): Record<ListName, T> {
  return {
    recommendationindex: of('recommendationindex'),
    connectedindex: of('connectedindex'),
    disconnectedindex: of('disconnectedindex'),
    exceptionindex: of('exceptionindex'),
  }
}

/** A value for each of the five indexes. */
export function byIndex<T>(of: (index: IndexName) => T): Record<IndexName, T> {
  return { masterdoctorindex: of('masterdoctorindex'), ...byList(of) }
}

function shownIn(list: 'recommendation' | 'connection'): readonly Field[] {
  return FIELDS.filter((field) => ['both', list].includes(entryOf(field).lists))
}

/** The fields of the master index: all but the reason, which the connection lists add. */
export const MASTER_FIELDS = FIELDS.filter((field) => field !== 'exceptionReason')
const CONNECTION_FIELDS = shownIn('connection')

/** The fields that each index shows. Source: rules, "The four lists". */
export const INDEX_FIELDS: Readonly<Record<IndexName, readonly Field[]>> = {
  masterdoctorindex: MASTER_FIELDS,
  recommendationindex: shownIn('recommendation'),
  connectedindex: CONNECTION_FIELDS,
  disconnectedindex: CONNECTION_FIELDS,
  exceptionindex: CONNECTION_FIELDS,
}

/** Whether a row is a visitor's; the type is written in any case. */
export function isVisitor({ membershipType }: AssembledDocument): boolean {
  return membershipType !== null && membershipType.toLowerCase() === 'visitor'
}

/** Whether a row has a reason. */
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

const SORTED_CONNECTION_FIELDS = CONNECTION_FIELDS.toSorted()

const SORTED_FIELDS: Readonly<Record<IndexName, readonly Field[]>> = {
  masterdoctorindex: MASTER_FIELDS.toSorted(),
  recommendationindex: INDEX_FIELDS.recommendationindex.toSorted(),
  connectedindex: SORTED_CONNECTION_FIELDS,
  disconnectedindex: SORTED_CONNECTION_FIELDS,
  exceptionindex: SORTED_CONNECTION_FIELDS,
}
