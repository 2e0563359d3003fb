import type { Day } from './day.ts'
import type { Field, IndexName } from './lists.ts'

/** How many rows a generation has, and in which of its indexes on a day. */
export interface GenerationCounts {
  readonly withTrainee: number
  readonly withoutTrainee: number
  readonly indexes: Readonly<Record<IndexName, number>>
  /** Rows with a reason. */
  readonly withReason: number
}

/** Fields of few values, each of which means something. */
export const CODED_FIELDS = [
  'gmcStatus',
  'tisStatus',
  'underNotice',
  'connectionStatus',
  'membershipType',
  'programmeOwner',
  'tcsDesignatedBody',
] as const satisfies readonly Field[]
export type CodedField = (typeof CODED_FIELDS)[number]

export const DAY_FIELDS = [
  'submissionDate',
  'lastUpdatedDate',
  'curriculumEndDate',
  'membershipStartDate',
  'membershipEndDate',
] as const satisfies readonly Field[]
export type DayField = (typeof DAY_FIELDS)[number]

/** The fields of which a profile counts the rows that have a value: all that any index shows. */
export const PROFILED_FIELDS = [
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
  'exceptionReason',
] as const satisfies readonly Field[]

/** No profile names more values of a coded field, or more bodies; the most frequent ones stay. */
export const MOST_VALUES = 200

/** The first, median and last day of a field; the median is the lower one of two, and may be off by a per cent of ranks. */
export interface DaySpread {
  readonly first: Day
  readonly median: Day
  readonly last: Day
}

/** What a generation looks like, in figures: what likeness compares before it goes live. Source: design, "Checking". */
export interface Profile extends GenerationCounts {
  /** Rows with a trainee and a doctor. */
  readonly joined: number
  /** Rows that have a value in each field. */
  readonly fields: Readonly<Record<Field, number>>
  /** Rows of each designated body of the GMC, by its code. */
  readonly bodies: Readonly<Record<string, number>>
  readonly codes: Readonly<Record<CodedField, Readonly<Record<string, number>>>>
  /** Null for a field that no row has. */
  readonly days: Readonly<Record<DayField, DaySpread | null>>
}
