import type { ErrorCode } from '../errors/codes.ts'

/** How commands end, so that scripts can tell cases apart. Documented in docs/command-line.md. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  heldBack: 3,
  inProgress: 4,
  unreachable: 5,
  /** As a shell reports a process that SIGINT ended. */
  interrupted: 130,
} as const

const OF_CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  USAGE: EXIT.usage,
  RUN_IN_PROGRESS: EXIT.inProgress,
  COMPARISON_IN_PROGRESS: EXIT.inProgress,
  PROMOTION_IN_PROGRESS: EXIT.inProgress,
  INSTALLATION_UNREACHABLE: EXIT.unreachable,
  INTERRUPTED: EXIT.interrupted,
}

/** The exit status of a command that fails with this code. */
export function exitStatusOf(code: ErrorCode): number {
  return OF_CODES[code] ?? EXIT.failed
}

/** The exit statuses of commands that compare, as those of `diff`. */
export const COMPARED = { same: 0, different: 1, unknown: 2 } as const
