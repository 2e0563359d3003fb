import { RevalError } from '../../../errors/reval-error.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT'])
const UNUSABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'])

/** An error of the file system as a coded error. */
export function fileError(error: unknown, directory: string): RevalError {
  if (error instanceof RevalError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (FULL.has(cause)) return new RevalError('DISK_FULL', `${directory}: the disk is full`, { cause: error })
  const code = UNUSABLE.has(cause) ? 'DATA_DIR_UNUSABLE' : 'SOURCE_FAILED'
  return new RevalError(code, `${directory}: ${reason}`, { cause: error })
}
