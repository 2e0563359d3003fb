import type { ErrorCode } from '../errors/codes.ts'
import { asRevalError } from '../errors/reval-error.ts'
import type { Finding } from '../ports/finding.ts'

export function good(what: string, found: string): Finding {
  return { what, standing: 'good', found }
}

export function doubtful(what: string, found: string, remedy: string): Finding {
  return { what, standing: 'doubtful', found, remedy }
}

export function bad(what: string, found: string, remedy: string): Finding {
  return { what, standing: 'bad', found, remedy }
}

/** What an error found wrong; `code` is for an error that has none of its own. */
export function badFor(what: string, error: unknown, code?: ErrorCode): Finding {
  const { message, remedy } = asRevalError(error, code)
  return bad(what, message, remedy)
}

/** A check that could not be made: that says nothing about the rest. */
export function unchecked(what: string, error: unknown, remedy: string): Finding {
  return doubtful(what, `could not be checked: ${asRevalError(error).message}`, remedy)
}
