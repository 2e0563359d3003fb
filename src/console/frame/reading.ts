import { asRevalError } from '../../errors/reval-error.ts'
import { RevalError } from '../../errors/reval-error.ts'

/** What a page knows of one of its parts. A part whose server did not answer is shown as not known; the rest of the page stands. */
export type Reading<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly code: RevalError['code']; readonly reason: string }

/** How long a page waits for each of its parts. */
const PART_MS = 2_000

/** Reads one part of a page. Never rejects. What comes too late is dropped. */
export async function reading<T>(read: () => Promise<T>, limitMs = PART_MS): Promise<Reading<T>> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new RevalError('SERVER_UNREACHABLE', `no answer within ${limitMs / 1_000} seconds`))
  }, limitMs)
  try {
    return { known: true, value: await Promise.race([read(), late.promise]) }
  } catch (error) {
    const { code, message } = asRevalError(error)
    return { known: false, code, reason: message }
  } finally {
    clearTimeout(timer)
  }
}

/** The value, or null if it is not known. */
export function valueOf<T>(part: Reading<T>): T | null {
  return part.known ? part.value : null
}
