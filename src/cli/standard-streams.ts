import { RevalError } from '../errors/reval-error.ts'

let fault: Error | null = null

/**
 * Handles write errors of the standard streams. Errors of standard error are ignored, since the work continues without it.
 * Those of standard output are reported at the end.
 */
export function watchStreams(): void {
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', (error: Error) => {
    // A reader may close the pipe early (`| head`); `writeOut` notices and stops.
    if (!isBrokenPipe(error)) fault ??= error
  })
}

/** Resolves once all output is written, or its reader is gone. Rejects OUTPUT_FAILED. */
export async function allWritten(): Promise<void> {
  // Written after everything else. Its own error is that of the stream.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  if (fault !== null) throw outputFailed(fault)
}

/**
 * Writes text to standard output as fast as its reader reads. False once the reader is gone (`| head`), which is not an
 * error. Rejects OUTPUT_FAILED.
 */
export async function writeOut(text: string): Promise<boolean> {
  if (process.stdout.destroyed || process.stdout.writableEnded) return false
  const error = await new Promise<Error | null | undefined>((resolve) => process.stdout.write(text, resolve))
  if (error === null || error === undefined) return true
  if (isBrokenPipe(error)) return false
  throw outputFailed(error)
}

function outputFailed(cause: Error): RevalError {
  return new RevalError('OUTPUT_FAILED', `cannot write standard output: ${cause.message}`, { cause })
}

/** Whether the reader of the output is gone. */
function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}
