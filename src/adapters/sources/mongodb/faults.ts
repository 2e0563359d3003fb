import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb'
import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { certificateFault, notTrusted } from '../../connection-faults.ts'
import type { MongodbSettings } from './settings.ts'

/** Login refused (also by Atlas), or permission missing. */
const REFUSED = new Set<unknown>([18, 8000, 13])
/** A server without authentication. */
const NO_SUCH_COMMAND = 59
/** A stopping server, a member that steps down, a lost cursor: retrying may succeed. */
const PASSING = new Set<unknown>([
  6, 7, 24, 43, 50, 89, 91, 112, 133, 134, 175, 189, 202, 237, 262, 9001, 10058, 10107, 11600, 11601, 11602, 13435,
  13436,
])
const DISK_FULL = 14031

/**
 * An error of the driver as a coded error that names the setting. `unreachable` is for a server that is not there:
 * SERVER_UNREACHABLE when it is opened, SOURCE_FAILED when it is read.
 */
export function mongodbFault(
  error: unknown,
  { mongodbUrl, mongodbUser }: MongodbSettings,
  unreachable: ErrorCode = 'SOURCE_FAILED',
): RevalError {
  if (error instanceof RevalError) return error
  const at = `MongoDB at ${mongodbUrl}`
  const reason = error instanceof Error ? error.message : String(error)
  const number = error instanceof MongoServerError ? error.code : null
  const knowsNoLogin = number === NO_SUCH_COMMAND && mongodbUser !== '' && /sasl/i.test(reason)
  if (REFUSED.has(number) || knowsNoLogin) {
    const message = `${at} denied access (REVAL_MONGODB_USER, REVAL_MONGODB_PASSWORD): ${reason}`
    return new RevalError('SERVER_LOGIN_REFUSED', message, { cause: error })
  }
  if (number === DISK_FULL) return new RevalError('DISK_FULL', `${at}: disk full: ${reason}`, { cause: error })
  if (number !== null) {
    return new RevalError('SOURCE_FAILED', `${at}: ${reason}`, { cause: error, transient: PASSING.has(number) })
  }
  const untrusted = certificateFault(error)
  if (untrusted !== null) {
    const message = notTrusted(at, untrusted, { ca: 'REVAL_MONGODB_CA', url: 'REVAL_MONGODB_URL' })
    return new RevalError(unreachable, message, { cause: error })
  }
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) {
    const message = `cannot reach ${at} (REVAL_MONGODB_URL): ${reason}`
    return new RevalError(unreachable, message, { cause: error, transient: true })
  }
  // Other errors of the driver: pools that were cleared, sessions that ended with their server.
  const transient = error instanceof MongoError && /Pool|Session|Timeout|Cursor/i.test(error.name)
  return new RevalError('SOURCE_FAILED', `${at}: ${reason}`, { cause: error, transient })
}
