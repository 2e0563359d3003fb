import type { ErrorCode } from '../errors/codes.ts'
import { asRevalError } from '../errors/reval-error.ts'
import type { Finding } from '../ports/finding.ts'

export function ok(what: string, found: string): Finding {
  return { what, status: 'ok', found }
}

export function warn(what: string, found: string, remedy: string): Finding {
  return { what, status: 'warn', found, remedy }
}

export function fail(what: string, found: string, remedy: string): Finding {
  return { what, status: 'fail', found, remedy }
}

/** A failed check, from an error; `code` is for an error without one. */
export function failFor(what: string, error: unknown, code?: ErrorCode): Finding {
  const { message, remedy } = asRevalError(error, code)
  return fail(what, message, remedy)
}

/** A check that could not be made, which does not affect the others. */
export function unchecked(what: string, error: unknown, remedy: string): Finding {
  return warn(what, `could not be checked: ${asRevalError(error).message}`, remedy)
}
