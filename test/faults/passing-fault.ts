import { RevalError } from '../../src/errors/reval-error.ts'

/** An error that occurs this many times: call it in every operation that may fail. */
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
