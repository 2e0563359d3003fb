import type { ErrorCode } from './codes.ts'
import { RevalError } from './reval-error.ts'

/** The system error code (`ENOENT`, …); null for other errors. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/**
 * Converts an error in using a directory to a coded one that tells the operator why: DISK_FULL, or `code`, by default that
 * of a data directory.
 */
export function directoryFault(error: unknown, path: string, code: ErrorCode = 'DATA_DIR_UNUSABLE'): RevalError {
  if (error instanceof RevalError) return error
  const because = (reason: string) => new RevalError(code, `${path} ${reason}`, { cause: error })
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new RevalError('DISK_FULL', `${path}: the disk is full`, { cause: error })
    case 'EACCES':
    case 'EPERM':
      return because('cannot be accessed: permission denied')
    case 'EROFS':
      return because('is on a read-only file system')
    case 'ENOTDIR':
    case 'EEXIST':
      return because('is not a directory, or has a parent that is not one (a dangling link?)')
    case 'ENOENT':
      return because('does not exist or cannot be created')
    default:
      return because(`cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}
