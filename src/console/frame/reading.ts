import { ANSWER_MS, inTime } from '../../app/health/ping.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'

/** What a page knows of one of its parts. A part whose server did not answer is shown as not known; the rest of the page stands. */
export type Reading<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly code: RevalError['code']; readonly reason: string }

/** Reads one part of a page. Never rejects. What comes too late is dropped. */
export async function reading<T>(read: () => Promise<T>, limitMs = ANSWER_MS): Promise<Reading<T>> {
  const tooLate = () => new RevalError('SERVER_UNREACHABLE', `no answer within ${limitMs / 1_000} seconds`)
  try {
    return { known: true, value: await inTime(read, limitMs, tooLate) }
  } catch (error) {
    const { code, message } = asRevalError(error)
    return { known: false, code, reason: message }
  }
}

/** The value, or null if it is not known. */
export function valueOf<T>(part: Reading<T>): T | null {
  return part.known ? part.value : null
}
