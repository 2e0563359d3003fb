import { STATUS_CODES } from 'node:http'
import type { Problem } from '../json/problem.ts'
import { maskedReason } from '../../errors/masked.ts'
import type { RevalError } from '../../errors/reval-error.ts'
import { httpRemedy } from './remedies.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** An error as the body of an answer (RFC 9457). The text of an internal error is left out: it may quote anything. The log has it. */
export function problemOf({ code, message, details }: RevalError, status: number): Problem {
  const detail = code === 'INTERNAL' ? 'internal error' : maskedReason(code, message)
  // The type adds nothing to the status; programs read the code.
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    remedy: httpRemedy(code),
    details,
  }
}
