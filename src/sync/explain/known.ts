import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'
import { withinDeadline } from '../wait/deadline.ts'

/** A value, or why it is not known. */
export type Known<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly code: ErrorCode; readonly reason: string }

/** The time limit of one part of an explanation. The rest is given without it. */
const PATIENCE_MS = 5_000

export function known<T>(value: T): Known<T> {
  return { isKnown: true, value }
}

export function notKnown(error: unknown): Known<never> {
  const { code, message } = asRevalError(error)
  return { isKnown: false, code, reason: message }
}

/** Resolves with the answer; with not known if `ask` rejects or exceeds the limit. A late answer is ignored. */
export async function askedInTime<T>(clock: Clock, ask: () => Promise<T>): Promise<Known<T>> {
  const late = () => new RevalError('SERVER_UNREACHABLE', `no answer within ${PATIENCE_MS / 1000} s`)
  try {
    return known(await withinDeadline(clock, PATIENCE_MS, late, ask))
  } catch (error) {
    return notKnown(error)
  }
}
