import { SQSServiceException } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import type { SqsSettings } from './settings.ts'

const UNREACHABLE = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const UNTRUSTED = /CERT|UNABLE_TO_(GET|VERIFY|DECRYPT)|SELF_SIGNED|ERR_TLS|ERR_SSL|^EPROTO$/
const REFUSED_LOGIN =
  /AccessDenied|AuthFailure|Unauthorized|InvalidClientTokenId|UnrecognizedClient|Signature|ExpiredToken|MissingAuthenticationToken|OptInRequired|InvalidSecurity|CredentialsProvider/
const THROTTLED = /Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|OverLimit|QueueDeletedRecently/

/** Where SQS is, with the setting that says so. */
export function addressOf({ sqsEndpoint, sqsRegion }: SqsSettings): string {
  return sqsEndpoint === '' ? `AWS in ${sqsRegion} (REVAL_SQS_REGION)` : `${sqsEndpoint} (REVAL_SQS_ENDPOINT)`
}

/**
 * What went wrong at the server or on the way there: SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED, QUEUE_MISSING, or
 * BROKER_FAILED for everything else. Transient where it may pass.
 */
export function serverFault(error: unknown, doing: string, settings: SqsSettings): RevalError {
  if (error instanceof RevalError) return error
  const reason = reasonOf(error)
  const name = error instanceof Error ? error.name : ''
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const status = error instanceof SQSServiceException ? error.$metadata.httpStatusCode : undefined
  const fault = (errorCode: RevalError['code'], message: string, transient: boolean) =>
    new RevalError(errorCode, message, { cause: error, transient })

  if (name === 'QueueDoesNotExist') return fault('QUEUE_MISSING', `${doing}: the queue does not exist`, false)
  if (UNTRUSTED.test(code)) {
    const trust = `certificate of SQS at ${addressOf(settings)} is not trusted: ${reason}`
    return fault('SERVER_UNREACHABLE', `${trust}. Set REVAL_SQS_CA to the CA of its certificate`, false)
  }
  if (UNREACHABLE.test(code) || name === 'TimeoutError' || name === 'AbortError') {
    return fault('SERVER_UNREACHABLE', `cannot reach SQS at ${addressOf(settings)}: ${reason}`, true)
  }
  if (REFUSED_LOGIN.test(name) || status === 401 || status === 403) {
    const keys = 'REVAL_SQS_ACCESS_KEY_ID, REVAL_SQS_SECRET_ACCESS_KEY, or the permissions of the role'
    return fault('SERVER_LOGIN_REFUSED', `SQS denied access (${keys}): ${doing}: ${reason}`, false)
  }
  const busy = status !== undefined && (status === 429 || status >= 500)
  return fault('BROKER_FAILED', `${doing}: ${reason}`, busy || THROTTLED.test(name))
}

/** The fault of work on a queue that was found: QUEUE_MISSING or BROKER_FAILED, as the port says. */
export function operationFault(error: unknown, doing: string, settings: SqsSettings): RevalError {
  const fault = serverFault(error, doing, settings)
  if (!fault.code.startsWith('SERVER_')) return fault
  return new RevalError('BROKER_FAILED', `${doing}: ${fault.message}`, { cause: error, transient: fault.transient })
}

/** The error's message, with its name where it comes from SQS: some messages say little. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Several addresses of one name were tried, and each failed for a reason of its own.
  const inner = error instanceof AggregateError ? error.errors.map((each: unknown) => reasonOf(each)).join('; ') : ''
  const message = inner === '' ? error.message : inner
  const kind = error instanceof SQSServiceException ? `${error.name}: ` : ''
  return `${kind}${message}`.slice(0, 500)
}
