import { RevalError } from '../../../errors/reval-error.ts'
import { systemCode } from '../../../errors/directory-fault.ts'
import { shown, type Address } from './address.ts'

/** What is named to who meets an error: settings, never their values, save the address. */
const LOGIN = 'REVAL_RABBITMQ_USER and REVAL_RABBITMQ_PASSWORD'

/** Errors of TLS that say that the certificate, and not the network, is the trouble. */
const UNTRUSTED =
  /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH_|INVALID_PURPOSE|CRL_)/
const NO_TLS = /^(ERR_SSL_|EPROTO)/

/** What the server or the client said, without the name of the method that it was said about. */
export function reasonOf(error: unknown): string {
  // Node tries every address of a name, and hides what became of each in an error without a message.
  const said = error instanceof AggregateError && error.message === '' ? error.errors.map(reasonOf).join('; ') : null
  const text = said ?? (error instanceof Error ? error.message : String(error))
  return text.replace(/^\w+: (?=[A-Z_]+ - )/, '')
}

/** Why no connection came about. */
export function connectFault(error: unknown, address: Address): RevalError {
  if (error instanceof RevalError) return error
  const { nodes } = address
  const at = `RabbitMQ at ${nodes.map(shown).join(', ')}`
  const code = systemCode(error) ?? ''
  if (code === 'ACCESS_REFUSED') {
    return new RevalError('SERVER_LOGIN_REFUSED', `${at} rejected ${LOGIN}`, { cause: error })
  }
  if (code === 'NOT_ALLOWED') {
    const message = `${at} denied access to virtual host "${address.virtualHost}" (REVAL_RABBITMQ_URL, ${LOGIN}): ${reasonOf(error)}`
    return new RevalError('SERVER_LOGIN_REFUSED', message, { cause: error })
  }
  if (UNTRUSTED.test(code)) {
    const message = `certificate of ${at} is not trusted (${code}): set REVAL_RABBITMQ_CA to its CA file, and use the host name of the certificate in REVAL_RABBITMQ_URL`
    return new RevalError('SERVER_UNREACHABLE', message, { cause: error })
  }
  if (NO_TLS.test(code) || code === 'VERSION_MISMATCH') {
    const message = `${nodes.map(shown).join(', ')}: not a RabbitMQ server, or TLS mismatch; try ${address.tls ? 'amqp://' : 'amqps://'} in REVAL_RABBITMQ_URL: ${reasonOf(error)}`
    return new RevalError('SERVER_UNREACHABLE', message, { cause: error })
  }
  // A server that expects TLS hangs up on who does not begin with it.
  const hint = code === 'CONN_CLOSE' && !address.tls ? ' (if it expects TLS, use amqps://)' : ''
  return new RevalError('SERVER_UNREACHABLE', `cannot reach ${at} (REVAL_RABBITMQ_URL): ${reasonOf(error)}${hint}`, {
    cause: error,
    transient: true,
  })
}

/**
 * Why an operation failed. Transient is what a new connection or a later moment mends, and what nobody knows the end of.
 */
export function brokerFault(error: unknown, doing: string): RevalError {
  if (error instanceof RevalError) return error
  const code = systemCode(error)
  const message = `${doing}: ${reasonOf(error)}`
  if (code === 'ACCESS_REFUSED' && /in exclusive use/.test(message)) {
    return new RevalError('BROKER_FAILED', message, { cause: error, transient: true })
  }
  if (code === 'ACCESS_REFUSED') {
    return new RevalError('SERVER_LOGIN_REFUSED', `no permission for REVAL_RABBITMQ_USER: ${message}`, {
      cause: error,
    })
  }
  return new RevalError('BROKER_FAILED', message, { cause: error, transient: !isRefusal(error) })
}

/** Whether the server refused the operation itself, and would do so again. */
export function isRefusal(error: unknown): boolean {
  return ['NOT_FOUND', 'PRECONDITION_FAILED', 'ACCESS_REFUSED', 'RESOURCE_LOCKED', 'NOT_IMPLEMENTED', 'CODEC'].includes(
    systemCode(error) ?? '',
  )
}

/** Whether an operation was refused with this code of AMQP. */
export function isRefused(error: unknown, code: 'NOT_FOUND' | 'PRECONDITION_FAILED' | 'ACCESS_REFUSED'): boolean {
  return systemCode(error) === code
}

export function closed(): RevalError {
  return new RevalError('BROKER_CLOSED', 'the broker is closed')
}
