import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'

/** What does not answer in time is not ready. */
export const ANSWER_MS = 2_000

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
  try {
    await inTime(ping)
    return { name, ready: true }
  } catch (error) {
    const { code, message } = asRevalError(error)
    return { name, ready: false, code, reason: message }
  }
}

/** What `ask` answers. Rejects, by default INTERNAL, if that takes longer than the limit; it goes on then. */
export async function inTime<T>(
  ask: () => Promise<T>,
  limitMs = ANSWER_MS,
  tooLate = () => new RevalError('INTERNAL', `no answer within ${limitMs} ms`),
): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(tooLate()), limitMs)
  try {
    return await Promise.race([ask(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The same question, which is not asked again before it was answered, even if the answer is late. */
export function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | null = null
  return () => {
    asking ??= ask().finally(() => (asking = null))
    return asking
  }
}
