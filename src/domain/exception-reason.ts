import { gmcNumber, type GmcNumber } from './gmc-number.ts'
import { textOrNull } from './text.ts'

/** Why a connection failed, by GMC number. */
export interface ExceptionReason {
  readonly number: GmcNumber
  /** As written; never blank. */
  readonly reason: string
}

/**
 * The reason that a document of `exceptionLogs` gives; null if it is blank, or the `_id` is not a GMC number. Source: rules,
 * "exceptionReason".
 */
export function exceptionReason(storedId: string | null, reason: string | null): ExceptionReason | null {
  const number = gmcNumber(storedId)
  const written = textOrNull(reason)
  return number === null || written === null ? null : { number, reason: written }
}
