import { dayOrNull, oneMonthBefore, type Day } from './day.ts'
import { checkedStoredId } from './row.ts'
import { RowFault } from './row-fault.ts'
import { compareByCodePoint, textOrNull } from './text.ts'

export const UNDER_NOTICE = ['YES', 'NO', 'ON_HOLD'] as const
export type UnderNotice = (typeof UNDER_NOTICE)[number]

export const DOCTOR_STATUS = [
  'NOT_STARTED',
  'STARTED',
  'READY_TO_REVIEW',
  'READY_TO_SUBMIT',
  'SUBMITTED_TO_GMC',
  'COMPLETED',
  'DRAFT',
] as const
export type DoctorStatus = (typeof DOCTOR_STATUS)[number]

/** The outcome as messages and indexes carry it. */
export const GMC_OUTCOME = ['Approved', 'Rejected', 'Under Review'] as const
export type GmcOutcome = (typeof GMC_OUTCOME)[number]

/** The outcome as recommendations store it. */
export const STORED_OUTCOME = ['APPROVED', 'REJECTED', 'UNDER_REVIEW'] as const
type StoredOutcome = (typeof STORED_OUTCOME)[number]

const SHOWN_OUTCOME: Readonly<Record<StoredOutcome, GmcOutcome>> = {
  APPROVED: 'Approved',
  REJECTED: 'Rejected',
  UNDER_REVIEW: 'Under Review',
}

/** A document of `doctorsForDB`; dates as text, null where the field is null or absent. */
export interface StoredDoctor {
  /** `_id` as stored, whatever it looks like. */
  readonly storedId: string
  readonly doctorFirstName: string | null
  readonly doctorLastName: string | null
  readonly submissionDate: string | null
  readonly dateAdded: string | null
  readonly underNotice: string | null
  readonly sanction: string | null
  readonly doctorStatus: string | null
  readonly lastUpdatedDate: string | null
  readonly designatedBodyCode: string | null
  readonly admin: string | null
  readonly existsInGmc: boolean | null
}

/** What the rules need of one document of `recommendation`. */
export interface Recommendation {
  /** `_id` as text: of two recommendations alike in both dates the greater one is the later. */
  readonly storedId: string
  readonly outcome: string | null
  readonly actualSubmissionDate: string | null
  readonly gmcSubmissionDate: string | null
}

/** A doctor as recommendation sends it and a row keeps it. Every text is null rather than blank. */
export interface Doctor {
  /** `_id` as stored; shown and joined trimmed. */
  readonly gmcReferenceNumber: string
  readonly doctorFirstName: string | null
  readonly doctorLastName: string | null
  readonly submissionDate: Day | null
  readonly dateAdded: Day | null
  readonly underNotice: UnderNotice | null
  readonly sanction: string | null
  readonly doctorStatus: DoctorStatus | null
  readonly lastUpdatedDate: Day | null
  readonly designatedBodyCode: string | null
  readonly admin: string | null
  readonly existsInGmc: boolean
}

/**
 * The value of an enumerated column, blank being null.
 * Throws `RowFault` ROW_VALUE_UNKNOWN, naming the field, for a value the rules do not know.
 */
export function knownOrNull<T extends string>(field: string, text: string | null, known: readonly T[]): T | null {
  const value = textOrNull(text)
  if (value === null) return null
  const match = known.find((each) => each === value)
  if (match !== undefined) return match
  throw new RowFault('ROW_VALUE_UNKNOWN', field, `expected one of ${known.join(', ')}, got "${value.slice(0, 40)}"`)
}

/** The doctor that a document of `doctorsForDB` describes. Throws `RowFault` where the document does not fit. */
export function doctorOf(stored: StoredDoctor): Doctor {
  return {
    gmcReferenceNumber: checkedStoredId('_id', stored.storedId),
    doctorFirstName: textOrNull(stored.doctorFirstName),
    doctorLastName: textOrNull(stored.doctorLastName),
    submissionDate: dayOrNull('submissionDate', stored.submissionDate),
    dateAdded: dayOrNull('dateAdded', stored.dateAdded),
    underNotice: knownOrNull('underNotice', stored.underNotice, UNDER_NOTICE),
    sanction: textOrNull(stored.sanction),
    doctorStatus: knownOrNull('doctorStatus', stored.doctorStatus, DOCTOR_STATUS),
    lastUpdatedDate: dayOrNull('lastUpdatedDate', stored.lastUpdatedDate),
    designatedBodyCode: textOrNull(stored.designatedBodyCode),
    admin: textOrNull(stored.admin),
    existsInGmc: stored.existsInGmc ?? true,
  }
}

/** Orders two stored dates by day, absent before any; what is no date is judged elsewhere. */
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
