import { pino } from 'pino'

/** What waits to be written while nothing can be: enough for the lines of a short trouble, and nothing to a memory. */
const KEPT_BYTES = 256 * 1024

export interface LogDestination {
  write(lines: string): void
}

/**
 * Where the log goes, by the number of an open file. Whatever goes wrong there (a full disk, a reader that went away) is
 * no fault of what is logged, which goes on. `onWorking` is told when writing works again: why it did not, and how many
 * lines are missing.
 */
export function logDestination(
  file: number,
  onWorking: (trouble: { readonly reason: string; readonly lost: number }) => void,
): LogDestination {
  const destination = pino.destination({ dest: file, sync: true, maxLength: KEPT_BYTES })
  let reason: string | null = null
  let lost = 0
  destination.on('error', (error: Error) => (reason = error.message))
  destination.on('drop', () => (lost += 1))
  destination.on('drain', () => {
    if (reason === null) return
    const trouble = { reason, lost }
    reason = null
    lost = 0
    onWorking(trouble)
  })
  return destination
}
