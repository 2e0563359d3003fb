import { ERROR_CODES, type ErrorCode } from './codes.ts'

/** Facts about an error: names of settings, fields, runs. Never a secret, never a whole row. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/**
 * The only error type above the domain. `code` is from the table, `message` says what happened, `remedy` what an operator
 * can do. `transient` marks errors that may pass when the same call is retried.
 */
export class RevalError extends Error {
  override readonly name = 'RevalError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly transient: boolean

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown; transient?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
    this.transient = options.transient ?? false
  }

  get remedy(): string {
    return ERROR_CODES[this.code]
  }
}

/** The error as a `RevalError`: itself, or wrapped with `code`. */
export function asRevalError(error: unknown, code: ErrorCode = 'INTERNAL'): RevalError {
  if (error instanceof RevalError) return error
  return new RevalError(code, error instanceof Error ? error.message : String(error), { cause: error })
}
