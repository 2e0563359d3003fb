import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'

const ENDS_THE_TERM: readonly ErrorCode[] = ['WRITER_LOST', 'LEDGER_CONFLICT', 'LEDGER_GONE']

const OF_A_BACKEND: readonly ErrorCode[] = [
  'BROKER_CLOSED',
  'BROKER_FAILED',
  'DISK_FULL',
  'GENERATION_UNKNOWN',
  'GENERATION_UNREADABLE',
  'GENERATION_VERSION',
  'LEDGER_FAILED',
  'SERVER_LOGIN_REFUSED',
  'SERVER_UNREACHABLE',
  'SERVER_UNSUITABLE',
  'SOURCE_COLUMNS_MISSING',
  'SOURCE_MISSING',
  'STORE_FAILED',
]

/** Whether an error means that this process is no longer the writer, or must stop. */
export function endsTheTerm({ code }: RevalError): boolean {
  return ENDS_THE_TERM.includes(code)
}

/** Whether an error never counts against a message: its keys are retried for as long as it takes. */
export function isOfABackend({ code }: RevalError): boolean {
  return OF_A_BACKEND.includes(code)
}

/** The error as a transient one, so that what failed is retried; unchanged if it ends the term. */
export function passing(error: RevalError): RevalError {
  if (error.transient || endsTheTerm(error)) return error
  return new RevalError(error.code, error.message, { details: error.details, cause: error, transient: true })
}
