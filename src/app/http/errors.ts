import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../errors/codes.ts'
import { maskedReason } from '../../errors/masked.ts'
import { originOf } from '../../errors/origin.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'

/** The status of each code that a caller can act on; all others are 500. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  USAGE: 400,
  NOT_SIGNED_IN: 401,
  NOT_ALLOWED: 403,
  FORM_REFUSED: 403,
  BODY_FORBIDDEN: 403,
  RUN_UNKNOWN: 404,
  FAILURE_UNKNOWN: 404,
  GENERATION_UNKNOWN: 409,
  GENERATION_UNREADABLE: 409,
  GENERATION_STALE: 409,
  GENERATION_HAS_VIEWS: 409,
  GENERATION_VERSION: 409,
  KEY_AMBIGUOUS: 409,
  RUN_IN_PROGRESS: 409,
  COMPARISON_IN_PROGRESS: 409,
  RUN_OVER: 409,
  RUN_PROMOTING: 409,
  STATE_CHANGED: 409,
  SENDER_STILL_SENDING: 409,
  PROMOTION_IN_PROGRESS: 409,
  NOTHING_TO_ROLL_BACK: 409,
  NOTHING_TO_ADOPT: 409,
  NOTHING_ADOPTED: 409,
  NOTHING_TO_RELEASE: 409,
  NOTHING_LIVE: 409,
  LIVE_CHANGES_OFF: 409,
  VERIFY_VOID: 409,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_STREAMS: 503,
  SIGN_IN_UNAVAILABLE: 503,
  LEDGER_FAILED: 503,
  LEDGER_GONE: 503,
  STORE_FAILED: 503,
  LIST_SERVICE_FAILED: 503,
  BROKER_FAILED: 503,
  SOURCE_FAILED: 503,
  SOURCE_MISSING: 503,
  SERVER_UNREACHABLE: 503,
  REQUEST_UNANSWERED: 504,
  DISK_FULL: 507,
}

export function statusOf(error: RevalError): number {
  return error instanceof Unavailable ? 503 : (STATUS[error.code] ?? 500)
}

/** Answers errors as problems. Errors that Fastify raises with a 4xx status are usage errors. */
export async function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const refused = refusedByServer(error)
  const coded = refused ?? asRevalError(error)
  const status = refused === null ? statusOf(coded) : refused.status
  if (coded instanceof Unavailable) void reply.header('retry-after', RETRY_AFTER_SECONDS)
  if (isLogged(coded.code, status)) {
    const reason = maskedReason(coded.code, coded.message)
    request.log.error({ code: coded.code, reason, origin: originOf(coded.cause) }, 'request failed')
  }
  return answerProblem(reply, coded, status)
}

/** Faults of ours are logged; a stream too many is the caller's, and may be refused often. */
export function isLogged(code: ErrorCode, status: number): boolean {
  return status >= 500 && code !== 'TOO_MANY_STREAMS'
}

export function answerProblem(reply: FastifyReply, error: RevalError, status: number): FastifyReply {
  return reply.status(status).type(PROBLEM_TYPE).send(problemOf(error, status))
}

/** When to retry a request that was refused as `Unavailable`. */
const RETRY_AFTER_SECONDS = 30

/** A fault that goes away without the caller doing anything. */
class Unavailable extends RevalError {}

const NOT_NOW: readonly ErrorCode[] = ['NOTHING_LIVE', 'GENERATION_UNKNOWN', 'GENERATION_VERSION']

/** An error of a list, for its readers: what an operator would have to fix is to them only a reason to retry. */
export function asUnavailable(error: unknown): RevalError {
  const coded = asRevalError(error)
  if (!NOT_NOW.includes(coded.code) && STATUS[coded.code] !== 503) return coded
  return new Unavailable(coded.code, coded.message, { details: coded.details, cause: coded.cause })
}

/** A request that is refused before it reaches a route. */
export class Refused extends RevalError {
  readonly status: number
  constructor(status: number, message: string) {
    super('USAGE', message)
    this.status = status
  }
}

function refusedByServer(error: unknown): Refused | null {
  if (error instanceof Refused) return error
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return null
  return error.statusCode >= 400 && error.statusCode < 500 ? new Refused(error.statusCode, error.message) : null
}
