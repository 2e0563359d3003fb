import type { Day } from './day.ts'
import { entryOf, FIELDS, kindOf, type Field, type FieldsOfCodes, type FieldsOfDays } from './fields.ts'
import type { IndexName } from './lists.ts'

/** How many rows a generation has, and in which of its indexes on a day. */
export interface GenerationCounts {
  readonly withTrainee: number
  readonly withoutTrainee: number
  readonly indexes: Readonly<Record<IndexName, number>>
  /** Rows with a reason. */
  readonly withReason: number
}

/** Fields with few values, each with a meaning. */
export type CodedField = FieldsOfCodes<'place' | 'type' | 'status' | 'list'>
export const CODED_FIELDS = FIELDS.filter((field): field is CodedField => entryOf(field).codes !== undefined)

export type DayField = FieldsOfDays
export const DAY_FIELDS = FIELDS.filter((field): field is DayField => kindOf(field) === 'day')

/** The most values of a coded field, or bodies, that a profile lists; the most frequent ones. */
export const MOST_VALUES = 200

/** The first, median and last day of a field; the median is the lower of two, and may be off by one per cent of ranks. */
export interface DaySpread {
  readonly first: Day
  readonly median: Day
  readonly last: Day
}

/** A generation in figures, as likeness compares it before it goes live. Source: docs/checks.md. */
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
