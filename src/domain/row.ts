import type { GmcOutcome } from './codes.ts'
import type { Doctor } from './doctor.ts'
import { gmcNumber, type GmcNumber } from './gmc-number.ts'
import { RowFault } from './row-fault.ts'
import { textOrNull } from './text.ts'
import type { Trainee } from './trainee.ts'

/** The parts of a row. Rows are joined and compared by their parts, never by assembled fields. */
export interface Parts {
  readonly trainee: Trainee | null
  readonly doctor: Doctor | null
  readonly outcome: GmcOutcome | null
  /** Why a connection failed, exactly as written; never blank. */
  readonly reason: string | null
}

export type PartName = keyof Parts

/** `tcs-<personId>` or `gmc-<_id as stored>`: derivable, so every write is idempotent. */
export type RowId = string

/** One row of a generation: a trainee's, or that of a doctor without a trainee. */
export interface Row {
  readonly id: RowId
  readonly parts: Parts
}

const OF_TRAINEE = 'tcs-'
const OF_DOCTOR = 'gmc-'

export function traineeRowId(tcsPersonId: number): RowId {
  return `${OF_TRAINEE}${tcsPersonId}`
}

/** The id of the row of a doctor without a trainee; `storedId` is `_id` as stored. */
export function doctorRowId(storedId: string): RowId {
  return `${OF_DOCTOR}${storedId}`
}

/** The person of a row that has the id of a trainee's row; null if it has another. */
export function personIdIn(id: RowId): number | null {
  const personId = Number(id.slice(OF_TRAINEE.length))
  return Number.isSafeInteger(personId) && traineeRowId(personId) === id ? personId : null
}

/** The `_id` as stored of a row that has the id of a doctor's own row; null if it has another. */
export function storedIdIn(id: RowId): string | null {
  return id.startsWith(OF_DOCTOR) ? id.slice(OF_DOCTOR.length) : null
}

/** No `_id` of a doctor is longer, in UTF-16 units; a GMC number has seven digits. Every store takes a row id of it. */
const LONGEST_STORED_ID = 128

/**
 * The `_id` of a doctor, when a row can have it. Throws `RowFault`, naming the field, if it is blank, too long, or holds
 * half a character, which no store keeps as it is.
 */
export function checkedStoredId(field: string, storedId: string | null | undefined): string {
  const id = textOrNull(storedId)
  if (id === null) throw new RowFault('ROW_KEY_MISSING', field, 'doctor has no GMC number')
  if (id.length > LONGEST_STORED_ID) {
    throw new RowFault('ROW_FIELD_INVALID', field, `longer than ${LONGEST_STORED_ID} characters`)
  }
  if (id.isWellFormed()) return id
  throw new RowFault('ROW_FIELD_INVALID', field, 'contains an incomplete character (lone surrogate)')
}

/** The key of a doctor's failure: the row id, made storable if the `_id` itself is refused. */
export function failedDoctorKey(storedId: string): RowId {
  return doctorRowId(storedId.slice(0, LONGEST_STORED_ID).toWellFormed())
}

/** The GMC number that a row joins on; null if it has none, or only text in its place. */
export function numberOfRow({ parts: { trainee, doctor } }: Row): GmcNumber | null {
  return gmcNumber(trainee === null ? doctor?.gmcReferenceNumber : trainee.gmcReferenceNumber)
}

/** The data in the sources for one GMC number, apart from its trainees. */
export interface NumberParts {
  readonly doctor: Doctor | null
  /** Of the doctor's latest recommendation; shown only with a doctor. */
  readonly outcome: GmcOutcome | null
  /** Never blank. */
  readonly reason: string | null
}

export const NO_NUMBER_PARTS: NumberParts = { doctor: null, outcome: null, reason: null }

/**
 * The rows of a GMC number: one for each of its trainees, in the order given, each with the number's doctor, outcome and
 * reason; without a trainee, the doctor's own row; without either, none. It also serves what has no GMC number: a trainee
 * alone, or a doctor whose `_id` is only text.
 */
export function rowsOfNumber(trainees: readonly Trainee[], { doctor, outcome, reason }: NumberParts): Row[] {
  const shared = { doctor, outcome: doctor === null ? null : outcome, reason }
  if (trainees.length > 0) {
    return trainees.map((trainee) => ({ id: traineeRowId(trainee.tcsPersonId), parts: { trainee, ...shared } }))
  }
  return doctor === null ? [] : [{ id: doctorRowId(doctor.gmcReferenceNumber), parts: { trainee: null, ...shared } }]
}
