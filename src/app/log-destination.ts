import { pino } from 'pino'

/** How much is buffered while the log cannot be written. */
const KEPT_BYTES = 256 * 1024

export interface LogDestination {
  write(lines: string): void
}

/**
 * The destination of the log: an open file, by number. If it cannot be written (disk full, reader gone), the process goes
 * on. `onWorking` is called once writing works again, with the reason and the number of lost lines.
 */
export function logDestination(
  file: number,
  onWorking: (outage: { readonly reason: string; readonly lost: number }) => void,
): LogDestination {
  const destination = pino.destination({ dest: file, sync: true, maxLength: KEPT_BYTES })
  let reason: string | null = null
  let lost = 0
  destination.on('error', (error: Error) => (reason = error.message))
  destination.on('drop', () => (lost += 1))
  destination.on('drain', () => {
    if (reason === null) return
    const outage = { reason, lost }
    reason = null
    lost = 0
    onWorking(outage)
  })
  return destination
}
