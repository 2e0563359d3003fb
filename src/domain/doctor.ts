import { knownOrNull, type GmcOutcome, type UnderNotice } from './codes.ts'
import { dayOrNull, oneMonthBefore, type Day } from './day.ts'
import { DOCTOR_FIELDS, fieldsOf, type Kind, type RecordOf } from './fields.ts'
import { DOCTORS, valueOf } from './records.ts'
import { checkedStoredId } from './row.ts'
import { compareByCodePoint } from './text.ts'
import { unrolledObject } from './unrolled.ts'

/** The outcome as recommendations store it. */
export const STORED_OUTCOME = ['APPROVED', 'REJECTED', 'UNDER_REVIEW'] as const
type StoredOutcome = (typeof STORED_OUTCOME)[number]

const SHOWN_OUTCOME: Readonly<Record<StoredOutcome, GmcOutcome>> = {
  APPROVED: 'Approved',
  REJECTED: 'Rejected',
  UNDER_REVIEW: 'Under Review',
}

/** A document of `doctorsForDB`: its fields as text, dates too; null if the field is null or absent. */
export type StoredDoctor = {
  /** `_id` as stored, in any form. */
  readonly storedId: string
} & {
  readonly [F in StoredField]: ((typeof DOCTOR_FIELDS)[F] extends 'flag' ? boolean : string) | null
}

type StoredField = Exclude<keyof typeof DOCTOR_FIELDS, 'gmcReferenceNumber'>

/** The fields of a document besides its `_id`. */
export const STORED_FIELDS = fieldsOf(DOCTOR_FIELDS).filter((field) => field !== 'gmcReferenceNumber')

/** A document from the result of `read` for each field: a flag or null for a flag, text or null for any other. */
export function storedDoctor(
  storedId: string,
  read: (field: StoredField, kind: Kind) => string | boolean | null,
): StoredDoctor {
  return storedFrom(storedId, read, DOCTOR_FIELDS)
}

// A compiled function of this type: it sets every field, to a value of the caller.
const storedFrom = unrolledObject(['storedId', 'read', 'kinds'], ['storedId', ...STORED_FIELDS], (field) =>
  field === 'storedId' ? field : `read('${field}', kinds.${field})`,
) as (...of: readonly unknown[]) => StoredDoctor

/** What the rules need of one document of `recommendation`. */
export interface Recommendation {
  /** `_id` as text: of two recommendations with the same dates, the one with the greater id is the later. */
  readonly storedId: string
  readonly outcome: string | null
  readonly actualSubmissionDate: string | null
  readonly gmcSubmissionDate: string | null
}

/** A doctor as recommendation sends it and a row stores it. Blank text is null. */
export type Doctor = RecordOf<typeof DOCTOR_FIELDS>

/** A doctor with the outcome of the latest recommendation. */
export interface DoctorRow {
  readonly doctor: Doctor
  readonly outcome: GmcOutcome | null
}

/** The doctor that a document of `doctorsForDB` describes. Throws `RowFault` if the document is invalid. */
export function doctorOf(stored: StoredDoctor): Doctor {
  const storedId = checkedStoredId('_id', stored.storedId)
  return DOCTORS.from((field, kind) => {
    if (field === 'gmcReferenceNumber') return storedId
    const value = valueOf(field, kind, stored[field])
    return field === 'existsInGmc' ? (value ?? true) : value
  })
}

/** Orders two stored dates by day, absent first. Invalid dates are refused elsewhere. */
function compareStoredDays(a: string | null, b: string | null): number {
  return compareByCodePoint(storedDay(a), storedDay(b))
}

function storedDay(text: string | null): string {
  return (text ?? '').trim().slice(0, 'YYYY-MM-DD'.length)
}

/** Orders recommendations from earlier to later: actual date, then GMC date, then `_id`; absent sorts lowest. */
export function compareRecommendations(a: Recommendation, b: Recommendation): number {
  return (
    compareStoredDays(a.actualSubmissionDate, b.actualSubmissionDate) ||
    compareStoredDays(a.gmcSubmissionDate, b.gmcSubmissionDate) ||
    compareByCodePoint(a.storedId, b.storedId)
  )
}

/**
 * The GMC outcome of a doctor from the latest recommendation, null without one. It is dropped when that
 * recommendation is approved, the doctor is under notice (YES) and it was submitted before `today` minus one calendar
 * month. Throws `RowFault` for an unknown outcome or an impossible date.
 */
export function outcomeOf(
  underNotice: UnderNotice | null,
  latest: Recommendation | null,
  today: Day,
): GmcOutcome | null {
  if (latest === null) return null
  const stored = knownOrNull('outcome', latest.outcome, STORED_OUTCOME)
  const submitted = dayOrNull('actualSubmissionDate', latest.actualSubmissionDate)
  dayOrNull('gmcSubmissionDate', latest.gmcSubmissionDate)
  if (stored === null) return null
  const outlived = submitted !== null && submitted < oneMonthBefore(today)
  if (stored === 'APPROVED' && underNotice === 'YES' && outlived) return null
  return SHOWN_OUTCOME[stored]
}
