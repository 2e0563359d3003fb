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

/** By which order a list is given. Rows without a value come last in both directions; then last name, first name and row id decide. */
export interface ListOrder {
  /** Null: by the ties alone, for columns that no source holds yet. */
  readonly column: SortColumn | null
  readonly direction: 'asc' | 'desc'
}

/** What a person searches for. */
export interface ListSearch {
  /** At most eight words; none if the text has neither letters nor digits: then no row matches. */
  readonly words: readonly Folded[]
  /** The words with one space in between, all of them. */
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

/** What a list is limited to; null does not limit. */
export interface ListFilters {
  /** Only doctors under notice. */
  readonly underNotice: boolean
  /** A programme of this name, as whole words. */
  readonly programmeName: Folded | null
  /** One of these; null among them: without a value. */
  readonly gmcStatus: readonly (string | null)[] | null
  readonly tisStatus: readonly (string | null)[] | null
  /** Equal, squashed (`squashed`). */
  readonly admin: Folded | null
  /** No source holds when and by whom a connection was made: such a filter matches no row. */
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

/** Whose rows: the designated bodies that are asked for; null for all. An empty list asks for none. */
export interface BodyScope {
  /** Of the GMC. */
  readonly bodies: readonly string[] | null
  /** For discrepancies: of the programme's owner; null: the same as `bodies`. */
  readonly tisBodies: readonly string[] | null
  /** Who sees rows of no GMC body: everybody, or only the body of the programme's owner (`REVAL_DISCONNECTED_VISIBLE`). */
  readonly unconnected: 'everybody' | 'programme-body'
}

/** A list as somebody asks for it. */
export interface ListQuery extends BodyScope {
  readonly list: ListName
  /** Null: no search. */
  readonly search: ListSearch | null
  readonly filters: ListFilters
  readonly order: ListOrder
}

/** Fields whose values are suggested while somebody types. */
export const SUGGESTED_FIELDS = ['programmeName', 'admin'] as const
export type SuggestedField = (typeof SUGGESTED_FIELDS)[number]

/** Values to suggest: those that have a word that starts with the text, as `words` folds it. */
export interface SuggestQuery extends BodyScope {
  readonly field: SuggestedField
  /** Empty: the most frequent values. */
  readonly phrase: Folded
}
