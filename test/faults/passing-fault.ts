import { RevalError } from '../../src/errors/reval-error.ts'

/** A fault that comes so many times, and then no more: to be called in every operation that it may befall. */
export function passingFault(
  count: number,
  code: 'BROKER_FAILED' | 'STORE_FAILED' | 'DISK_FULL' | 'WORKSPACE_UNUSABLE',
  { transient } = { transient: false },
): () => void {
  let left = count
  return () => {
    left -= 1
    if (left >= 0) throw new RevalError(code, 'so the test wants it', { transient })
  }
}
