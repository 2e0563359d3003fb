import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'

/** What does not answer in time is not ready. */
export const PING_TIMEOUT_MS = 2_000

export interface Pinged {
  readonly name: string
  /** Rejects with the reason while it is unavailable. */
  readonly ping: () => Promise<void>
}

export interface DependencyHealth {
  readonly name: string
  readonly ready: boolean
  readonly code?: ErrorCode
  readonly reason?: string
}

/** Pings once. Never rejects. */
export async function healthOf({ name, ping }: Pinged): Promise<DependencyHealth> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new RevalError('INTERNAL', `no answer within ${PING_TIMEOUT_MS} ms`))
  }, PING_TIMEOUT_MS)
  try {
    await Promise.race([ping(), late.promise])
    return { name, ready: true }
  } catch (error) {
    const { code, message } = asRevalError(error)
    return { name, ready: false, code, reason: message }
  } finally {
    clearTimeout(timer)
  }
}
