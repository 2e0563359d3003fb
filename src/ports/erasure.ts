import type { ErrorCode } from '../errors/codes.ts'

/** What an erasure found of a person, and removed. */
export interface Erased {
  /** Rows, by the generation that had them. */
  readonly rows: { readonly live: number; readonly previous: number; readonly heldBack: number }
  readonly failedRows: number
  readonly deadLetters: number
  /** Records of the ledger that quoted a key of the person, which is masked now. */
  readonly records: number
}

/** An erasure on record: without the keys of the person. */
export interface Erasure {
  readonly request: string
  readonly by: string
  readonly why: string
  readonly at: number
  readonly erased: Erased
}

/** Newest first. */
export interface Erasures {
  readonly erasures: readonly Erasure[]
}

/** What the sources still have of a person. */
export interface Remaining {
  /** Persons of TCS. */
  readonly persons: number
  /** Documents of `doctorsForDB`. */
  readonly doctors: number
  /** How many of these doctors have a recommendation. */
  readonly recommended: number
  /** Exception reasons. */
  readonly reasons: number
}

export interface ErasureResult {
  readonly erased: Erased
  /** Rows of other persons that have the GMC number of the erased person: they are not erased. */
  readonly sharing: number
  /** Other keys that the removed dead letters named: the next sync brings their changes. */
  readonly otherKeys: number
  /** Null if the sources could not be read. */
  readonly remaining: Remaining | null
  /** Why they could not be read; null if they were. */
  readonly unread: ErrorCode | null
}

/** The id of the record of erasures. */
export const ERASURES = 'erasures'
