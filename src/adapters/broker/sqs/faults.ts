import { SQSServiceException } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import {
  certificateFault,
  isTlsMismatch,
  isUnreachable,
  notTrusted,
  reasonOf as reasonIn,
} from '../../connection-faults.ts'
import type { SqsSettings } from './settings.ts'

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
  const status = error instanceof SQSServiceException ? error.$metadata.httpStatusCode : undefined
  const fault = (errorCode: RevalError['code'], message: string, transient: boolean) =>
    new RevalError(errorCode, message, { cause: error, transient })

  if (name === 'QueueDoesNotExist') return fault('QUEUE_MISSING', `${doing}: the queue does not exist`, false)
  // What SQS answers came over a connection that was trusted.
  const untrusted = status === undefined ? certificateFault(error) : null
  if (untrusted !== null) {
    const at = `SQS at ${addressOf(settings)}`
    const settingsOfTrust = { ca: 'REVAL_SQS_CA', url: 'REVAL_SQS_ENDPOINT' }
    return fault('SERVER_UNREACHABLE', notTrusted(at, untrusted, settingsOfTrust), false)
  }
  if (isTlsMismatch(error)) {
    const what = `SQS at ${addressOf(settings)} and this process do not agree on TLS; try http:// or https://: ${reason}`
    return fault('SERVER_UNREACHABLE', what, false)
  }
  if (isUnreachable(error) || name === 'TimeoutError' || name === 'AbortError') {
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
  const kind = error instanceof SQSServiceException ? `${error.name}: ` : ''
  return `${kind}${reasonIn(error)}`.slice(0, 500)
}
