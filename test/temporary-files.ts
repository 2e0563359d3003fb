import { existsSync, readFileSync, statfsSync } from 'node:fs'

// Tests make hundreds of data directories, and SQLite waits for the disk at each commit. In memory they take a fifth less time.
// Where there is no such folder, or it is too small or runs no programs, as in some containers, they use the disk.

const MEMORY = '/dev/shm'
/** Several times what the tests have there at once. */
const ENOUGH_BYTES = 1_000_000_000

function isUsable(): boolean {
  if (!existsSync(MEMORY) || !existsSync('/proc/mounts')) return false
  const [, options = 'noexec'] = /^\S+ \/dev\/shm tmpfs (\S+) /m.exec(readFileSync('/proc/mounts', 'utf8')) ?? []
  const { bavail, bsize } = statfsSync(MEMORY)
  return !/\b(?:ro|noexec)\b/.test(options) && bavail * bsize > ENOUGH_BYTES
}

if (process.env.TMPDIR === undefined && isUsable()) process.env.TMPDIR = MEMORY
