import type { Day } from './day.ts'
import type { Folded } from './words.ts'

/** The lists of the admins' clients; `all` is every row. Source: docs/rules.md, "The lists of the API". */
export const LISTS = ['doctors', 'all', 'connected', 'disconnected', 'exception', 'discrepancies'] as const
export type ListName = (typeof LISTS)[number]

/** Columns that a list may be sorted by; each list has its own allow-list (`sortColumnsOf`). */
export const SORT_COLUMNS = [
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
  'curriculumEndDate',
  'lastUpdatedDate',
  'underNotice',
  'tisStatus',
  'gmcStatus',
  'admin',
  'exceptionReason',
] as const
export type SortColumn = (typeof SORT_COLUMNS)[number]

/** The order of a list. Rows without a value come last in both directions; last name, first name and row id break ties. */
export interface ListOrder {
  /** Null for a column that no source has values for: only the ties order the rows. */
  readonly column: SortColumn | null
  readonly direction: 'asc' | 'desc'
}

/** A typed search, folded. */
export interface ListSearch {
  /** At most eight words. Empty if the text has neither letters nor digits; then no row matches. */
  readonly words: readonly Folded[]
  /** All words, with one space in between. */
  readonly phrase: Folded
  /** The words without the spaces. */
  readonly squashed: Folded
}

export interface DayRange {
  /** Inclusive; null: open. */
  readonly from: Day | null
  readonly to: Day | null
}

export const DAY_FILTERS = ['submissionDate', 'membershipEndDate'] as const
export type DayFilter = (typeof DAY_FILTERS)[number]

/** The limits of a list; null does not limit. */
export interface ListFilters {
  /** Only doctors under notice. */
  readonly underNotice: boolean
  /** A programme of this name, as whole words. */
  readonly programmeName: Folded | null
  /** Any of these; null stands for a missing value. */
  readonly gmcStatus: readonly (string | null)[] | null
  readonly tisStatus: readonly (string | null)[] | null
  /** The squashed admin, compared as a whole. */
  readonly admin: Folded | null
  /** A filter by date or author of a connection. No source has these, so it matches no row. */
  readonly connectedBy: boolean
  readonly days: Readonly<Partial<Record<DayFilter, DayRange>>>
}

export const NO_FILTERS: ListFilters = {
  underNotice: false,
  programmeName: null,
  gmcStatus: null,
  tisStatus: null,
  admin: null,
  connectedBy: false,
  days: {},
}

/** The designated bodies whose rows are requested; null for all, an empty list for none. */
export interface BodyScope {
  /** Compared with the body that the GMC sends. */
  readonly bodies: readonly string[] | null
  /** For discrepancies, compared with the body of the programme's owner; null: the same as `bodies`. */
  readonly tisBodies: readonly string[] | null
  /** Who sees rows without a GMC body: everybody, or only the body of the programme's owner (`REVAL_DISCONNECTED_VISIBLE`). */
  readonly unconnected: 'everybody' | 'programme-body'
}

/** A request for a list, after parsing. */
export interface ListQuery extends BodyScope {
  readonly list: ListName
  /** Null: no search. */
  readonly search: ListSearch | null
  readonly filters: ListFilters
  readonly order: ListOrder
}

/** Fields whose values are suggested while a person types. */
export const SUGGESTED_FIELDS = ['programmeName', 'admin'] as const
export type SuggestedField = (typeof SUGGESTED_FIELDS)[number]

/** A request for suggestions: values with a word that starts with the folded text. */
export interface SuggestQuery extends BodyScope {
  readonly field: SuggestedField
  /** Empty: the most frequent values. */
  readonly phrase: Folded
}
