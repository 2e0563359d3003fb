import type { Doctor, GmcOutcome } from './doctor.ts'
import { gmcNumber, type GmcNumber } from './gmc-number.ts'
import type { Trainee } from './trainee.ts'

/** What a row is made of. Merging is done on parts, never on assembled fields. */
export interface Parts {
  readonly trainee: Trainee | null
  readonly doctor: Doctor | null
  readonly outcome: GmcOutcome | null
  /** Why a connection failed, exactly as written; never blank. */
  readonly reason: string | null
}

export type PartName = keyof Parts
/** The parts that belong to a GMC number and are the same in every row of that number. */
export const NUMBER_PARTS = ['doctor', 'outcome', 'reason'] as const satisfies readonly PartName[]
export type NumberPart = (typeof NUMBER_PARTS)[number]

/**
 * The order of the change that wrote a part; absent where only a snapshot did. A snapshot never overwrites a marked
 * part, and of two changes the one with the greater order stays.
 */
export type Marks = Readonly<Partial<Record<PartName, number>>>

/** `tcs-<personId>` or `gmc-<_id as stored>`: derivable, so every write is idempotent. */
export type RowId = string

/**
 * One row of a generation. A hidden row is a tombstone: it shows in no index, and remembers what changes did to a
 * person, or to a GMC number that has no row to show. A visible row has a trainee, or is a doctor's own.
 */
export interface Row {
  readonly id: RowId
  readonly parts: Parts
  readonly marks: Marks
  readonly hidden: boolean
}

export const NO_PARTS: Parts = { trainee: null, doctor: null, outcome: null, reason: null }

const OF_TRAINEE = 'tcs-'
const OF_DOCTOR = 'gmc-'

export function traineeRowId(tcsPersonId: number): RowId {
  return `${OF_TRAINEE}${tcsPersonId}`
}

/** The id of the row that a doctor without a trainee has; `storedId` is `_id` as stored. */
export function doctorRowId(storedId: string): RowId {
  return `${OF_DOCTOR}${storedId}`
}

/** A trainee's row, or the tombstone of one; a doctor's own row has no trainee. */
export function isTraineeRow(row: Row): boolean {
  return row.id.startsWith(OF_TRAINEE)
}

/**
 * The GMC number that a row joins on: a trainee's, or that of a doctor's own row, hidden or not. Null where the number
 * is only text to show, and for a deleted trainee.
 */
export function numberOfRow(row: Row): GmcNumber | null {
  return gmcNumber(isTraineeRow(row) ? row.parts.trainee?.gmcReferenceNumber : row.id.slice(OF_DOCTOR.length))
}
