import type { ErrorCode } from '../errors/codes.ts'

/** How an audited action ended. */
export interface AuditResult {
  readonly at: number
  /** `refused`: nothing was done; `failed`: it may have been done in part. */
  readonly outcome: 'done' | 'refused' | 'failed'
  /** Null if it was done, or if the caller of a download left. */
  readonly code: ErrorCode | null
  /** Rows of a download that were sent, even if it broke off; null if it is not a download, or if not known. */
  readonly rows: number | null
}

/**
 * The record of an action: a change, or a look-up of personal data. It is written before the action and completed once after it.
 * Otherwise only an erasure changes it, by masking the person's keys.
 */
export interface AuditEntry {
  /** Later entries have greater ids, by code point; those of two processes within a millisecond may not. */
  readonly id: string
  readonly at: number
  /** The subject of the token, the user of the machine, or a fixed text for the operator token or no sign-in. */
  readonly who: string
  /** Empty without a sign-in. */
  readonly roles: readonly string[]
  /** Such as `HTTP 10.0.0.7` or `command line on host`. */
  readonly from: string
  /** The route, or the command. */
  readonly what: string
  /** What it acted on, such as a run or the key of a doctor; null for the installation as a whole. */
  readonly subject: string | null
  readonly why: string
  /** Null while the action is in progress, or if its process died. */
  readonly result: AuditResult | null
}
