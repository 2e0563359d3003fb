import { RevalError } from '../errors/reval-error.ts'

let fault: Error | null = null

/**
 * Takes care of what happens when the streams of the process cannot be written. What is told on standard error is about
 * the work, which goes on whether anybody reads it or not. What is missing on standard output is told at the end.
 */
export function watchStreams(): void {
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', (error: Error) => {
    // A reader that goes away (`| head`) has what it wanted; `writeOut` notices and stops.
    if (!isBrokenPipe(error)) fault ??= error
  })
}

/** Resolves when all that was printed is written, or nobody reads it any more. Rejects OUTPUT_FAILED. */
export async function allWritten(): Promise<void> {
  // Written after everything before it. Its own fault is that of the stream.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  if (fault !== null) throw outputFailed(fault)
}

/**
 * Writes text to standard output as fast as its reader takes it. False when the reader has gone (`| head`): then there
 * is nobody to write for, which is no error. Rejects OUTPUT_FAILED.
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

/** Whether an error says that nobody reads the output any more. */
function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}
