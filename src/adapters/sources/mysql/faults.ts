import type { ErrorCode } from '../../../errors/codes.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { certificateFault, codeOf, notTrusted, reasonOf } from '../../connection-faults.ts'
import type { MysqlAddress } from './connection.ts'

/** Login refused, host not allowed, account locked, password expired; of both products. */
const LOGIN_REFUSED = new Set([1045, 1130, 1251, 1275, 1698, 1820, 1862, 3118, 4151])
/** No right to the database, which may not exist. */
const DATABASE_DENIED = 1044
/** No right to a table, a column or a kind of statement. */
const RIGHT_MISSING = new Set([1142, 1143, 1227, 1370])
const NO_DATABASE = 1049
const NO_TABLE = 1146
/** `require_secure_transport` is on. */
const TLS_REQUIRED = 3159
/** The disk or the space for a table is full. */
const DISK_FULL = new Set([1021, 1114])
/** A stopping or overloaded server, a lock or a deadlock: retrying may succeed. */
const PASSING = new Set([
  1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1317, 1412, 1927, 1969, 3024, 3169, 4031,
])

/** The number of the server's error; null for errors that did not come from the server. */
function numberOf(error: unknown): number | null {
  const number = error instanceof Error && 'errno' in error ? error.errno : null
  const state = error instanceof Error && 'sqlState' in error ? error.sqlState : null
  return typeof number === 'number' && typeof state === 'string' ? number : null
}

/** Why there is no connection, as a coded error that names the setting. */
export function connectFault(error: unknown, address: MysqlAddress, unreachable: ErrorCode): RevalError {
  if (error instanceof RevalError) return error
  const { host, port, database } = address
  const at = `MySQL at ${host}:${port}`
  const cause = withoutStatement(error)
  const number = numberOf(error)
  if (number !== null && LOGIN_REFUSED.has(number)) {
    const message = `${at} rejected the login (REVAL_MYSQL_USER, REVAL_MYSQL_PASSWORD): ${reasonOf(error)}`
    return new RevalError('SERVER_LOGIN_REFUSED', message, { cause })
  }
  if (number === DATABASE_DENIED) {
    const message = `${at} denied REVAL_MYSQL_USER access to database ${database} (REVAL_MYSQL_URL): ${reasonOf(error)}`
    return new RevalError('SERVER_LOGIN_REFUSED', message, { cause })
  }
  if (number === NO_DATABASE) {
    return new RevalError('SOURCE_MISSING', `${at} has no database ${database} (REVAL_MYSQL_URL)`, { cause })
  }
  if (number === TLS_REQUIRED || /require_secure_transport|SSL connection is required/i.test(reasonOf(error))) {
    return new RevalError('SERVER_UNSUITABLE', `${at} accepts only TLS: set REVAL_MYSQL_TLS=verify`, { cause })
  }
  if (codeOf(error) === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return new RevalError('SERVER_UNSUITABLE', `${at} does not support TLS (REVAL_MYSQL_TLS)`, { cause })
  }
  const untrusted = certificateFault(error)
  if (untrusted !== null) {
    const message = notTrusted(at, untrusted, { ca: 'REVAL_MYSQL_CA', url: 'REVAL_MYSQL_URL' })
    return new RevalError(unreachable, message, { cause })
  }
  const message = `cannot reach ${at} (REVAL_MYSQL_URL): ${reasonOf(error)}`
  return new RevalError(unreachable, message, { cause, transient: true })
}

/** Why a statement failed, as a coded error: one that did not come from the server is a lost connection. */
export function statementFault(error: unknown): RevalError {
  if (error instanceof RevalError) return error
  const cause = withoutStatement(error)
  const number = numberOf(error)
  const reason = reasonOf(error)
  if (number === null) {
    return new RevalError('SOURCE_FAILED', `the connection to MySQL was lost: ${reason}`, { cause, transient: true })
  }
  if (RIGHT_MISSING.has(number)) {
    const message = `MySQL denied access to REVAL_MYSQL_USER: ${reason}`
    return new RevalError('SERVER_LOGIN_REFUSED', message, { cause })
  }
  if (number === NO_TABLE) return new RevalError('SOURCE_MISSING', `MySQL: ${reason} (REVAL_MYSQL_URL)`, { cause })
  if (DISK_FULL.has(number)) return new RevalError('DISK_FULL', `MySQL: disk full: ${reason}`, { cause })
  return new RevalError('SOURCE_FAILED', `MySQL: ${reason}`, { cause, transient: PASSING.has(number) })
}

/** The client attaches the whole statement to its errors, and with it rows that must not reach a log. */
function withoutStatement(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'sql')
  return error
}
