import type { ErrorCode } from '../errors/codes.ts'

/** How an audited action ended. */
export interface AuditResult {
  readonly at: number
  /** `refused`: nothing was done; `failed`: it may have been done in part. */
  readonly outcome: 'done' | 'refused' | 'failed'
  /** Null if it was done, or if the caller of a download left. */
  readonly code: ErrorCode | null
  /** How many rows left in a download, complete or not; null if it is none, or if that is not known. */
  readonly rows: number | null
}

/**
 * An action on record: something that was changed, or personal data that was looked up. It is written before the action and
 * completed after it, once; otherwise only an erasure changes it: it masks the keys of the person.
 */
export interface AuditEntry {
  /** Later entries have greater ids, by code point. */
  readonly id: string
  readonly at: number
  /** The subject of the token, the user of the machine, or what stands for it. */
  readonly who: string
  /** Empty without a sign-in. */
  readonly roles: readonly string[]
  /** Such as `HTTP 10.0.0.7` or `command line on host`. */
  readonly from: string
  /** The route, or the command. */
  readonly what: string
  /** What it was done to, such as a run or the key of a doctor; null for the installation as a whole. */
  readonly subject: string | null
  readonly why: string
  /** Null while the action is in progress; it stays so if its process died. */
  readonly result: AuditResult | null
}
