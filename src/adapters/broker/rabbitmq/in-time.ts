import { RevalError } from '../../../errors/reval-error.ts'

/** How long one question to the server may take. */
export const ANSWER_TIMEOUT_MS = 10_000

/** The promise, or BROKER_FAILED when it takes longer; transient, for a server that is only slow or stopped for now. */
export async function inTime<T>(promise: Promise<T>, doing: string, milliseconds = ANSWER_TIMEOUT_MS): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `RabbitMQ did not answer within ${milliseconds / 1_000} s: ${doing}`
    late.reject(new RevalError('BROKER_FAILED', message, { transient: true }))
  }, milliseconds)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
