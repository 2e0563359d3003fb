import { RowFault } from './row-fault.ts'
import { textOrNull } from './text.ts'

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

/** The outcome as messages and indexes carry it. */
export const GMC_OUTCOME = ['Approved', 'Rejected', 'Under Review'] as const
export type GmcOutcome = (typeof GMC_OUTCOME)[number]

/** Whether a doctor is connected to a designated body. */
export const CONNECTION_STATUS = ['Yes', 'No'] as const

/**
 * The value of an enumerated column, blank being null.
 * Throws `RowFault` ROW_VALUE_UNKNOWN, naming the field, for a value the rules do not know.
 */
export function knownOrNull<T extends string>(
  field: string,
  text: string | null | undefined,
  known: readonly T[],
): T | null {
  const value = textOrNull(text)
  if (value === null) return null
  const match = known.find((each) => each === value)
  if (match !== undefined) return match
  throw new RowFault('ROW_VALUE_UNKNOWN', field, `expected one of ${known.join(', ')}, got "${value.slice(0, 40)}"`)
}
