import type { ErrorCode } from '../../errors/codes.ts'

const OF_THE_WRITER: readonly ErrorCode[] = [
  'LEASE_EXPIRED',
  'LEDGER_CONFLICT',
  'LEDGER_FAILED',
  'LEDGER_GONE',
  'WRITER_LOST',
]

/** Whether an error is of the ledger or the lease. It says nothing about the work that met it, which is done again. */
export function isOfTheWriter(code: ErrorCode): boolean {
  return OF_THE_WRITER.includes(code)
}
