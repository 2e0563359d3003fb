import { RevalError } from '../../../errors/reval-error.ts'
import { certificateFault, codeOf, isTlsMismatch, notTrusted, reasonOf as reasonIn } from '../../connection-faults.ts'
import { shown, type Address } from './address.ts'

/** What is named to who meets an error: settings, never their values, save the address. */
const LOGIN = 'REVAL_RABBITMQ_USER and REVAL_RABBITMQ_PASSWORD'

/** The server refused the operation itself, and would do so again. */
const REFUSALS = ['NOT_FOUND', 'PRECONDITION_FAILED', 'RESOURCE_LOCKED', 'NOT_IMPLEMENTED', 'CODEC']

/** What the server or the client said, without the name of the method that it was said about. */
export function reasonOf(error: unknown): string {
  return reasonIn(error).replace(/^\w+: (?=[A-Z_]+ - )/, '')
}

/** Why no connection came about. */
export function connectFault(error: unknown, address: Address): RevalError {
  if (error instanceof RevalError) return error
  const { nodes } = address
  const at = `RabbitMQ at ${nodes.map(shown).join(', ')}`
  const code = codeOf(error)
  if (code === 'ACCESS_REFUSED') {
    return new RevalError('SERVER_LOGIN_REFUSED', `${at} rejected ${LOGIN}`, { cause: error })
  }
  if (code === 'NOT_ALLOWED') {
    const message = `${at} denied access to virtual host "${address.virtualHost}" (REVAL_RABBITMQ_URL, ${LOGIN}): ${reasonOf(error)}`
    return new RevalError('SERVER_LOGIN_REFUSED', message, { cause: error })
  }
  const untrusted = certificateFault(error)
  if (untrusted !== null) {
    const message = notTrusted(at, untrusted, { ca: 'REVAL_RABBITMQ_CA', url: 'REVAL_RABBITMQ_URL' })
    return new RevalError('SERVER_UNREACHABLE', message, { cause: error })
  }
  if (isTlsMismatch(error) || code === 'VERSION_MISMATCH') {
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
 * Why an operation failed. Transient is what a new connection or a later moment mends, and what has an unknown outcome.
 */
export function brokerFault(error: unknown, doing: string): RevalError {
  if (error instanceof RevalError) return error
  const code = codeOf(error)
  const message = `${doing}: ${reasonOf(error)}`
  if (code === 'ACCESS_REFUSED' && /in exclusive use/.test(message)) {
    return new RevalError('BROKER_FAILED', message, { cause: error, transient: true })
  }
  if (code === 'ACCESS_REFUSED') {
    return new RevalError('SERVER_LOGIN_REFUSED', `no permission for REVAL_RABBITMQ_USER: ${message}`, {
      cause: error,
    })
  }
  return new RevalError('BROKER_FAILED', message, { cause: error, transient: !REFUSALS.includes(code) })
}

export function closed(): RevalError {
  return new RevalError('BROKER_CLOSED', 'the broker is closed')
}
