import type { Writable } from 'node:stream'
import type { Environment } from '../config/read-settings.ts'
import { RevalError } from '../errors/reval-error.ts'

/** A stream, which may be a terminal. */
type Terminal = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  hasColors?(environment: object): boolean
}

/** Standard output and standard error. */
export class StandardStreams {
  readonly #out: Terminal
  readonly #err: Terminal
  #fault: Error | null = null

  /**
   * Handles write errors. Those of standard error are ignored, since the work continues without it. Those of standard output
   * are reported at the end.
   */
  constructor(out: Terminal, err: Terminal) {
    this.#out = out
    this.#err = err
    err.on('error', () => undefined)
    out.on('error', (error: Error) => {
      // A reader may close the pipe early (`| head`); `writeOut` notices and stops.
      if (!isBrokenPipe(error)) this.#fault ??= error
    })
  }

  /** Standard error, if it is a terminal. */
  get terminal(): Writable | null {
    return this.#err.isTTY === true ? this.#err : null
  }

  /** How wide the terminal is that standard output is; null if it is not a terminal, or that is not known. */
  get columns(): number | null {
    const { isTTY = false, columns = 0 } = this.#out
    return isTTY && columns > 0 ? columns : null
  }

  /** How many lines that terminal shows; null if it is not a terminal, or that is not known. */
  get rows(): number | null {
    const { isTTY = false, rows = 0 } = this.#out
    return isTTY && rows > 0 ? rows : null
  }

  /** Which of the streams may have colours: terminals that can show them, unless NO_COLOR is set; all with FORCE_COLOR. */
  colours(environment: Environment): { readonly out: boolean; readonly err: boolean } {
    const { FORCE_COLOR: forced = '' } = environment
    const shows = (stream: Terminal) =>
      ['', '0', 'false'].includes(forced)
        ? forced === '' && stream.isTTY === true && stream.hasColors?.(environment) === true
        : true
    return { out: shows(this.#out), err: shows(this.#err) }
  }

  print(text: string): void {
    this.#out.write(text)
  }

  complain(text: string): void {
    this.#err.write(text)
  }

  /** Resolves once all output is written, or its reader is gone. Rejects OUTPUT_FAILED. */
  async allWritten(): Promise<void> {
    // Written after everything else. Its own error is that of the stream.
    await new Promise<void>((resolve) => this.#out.write('', () => resolve()))
    if (this.#fault !== null) throw outputFailed(this.#fault)
  }

  /**
   * Writes text to standard output as fast as its reader reads. False once the reader is gone (`| head`), which is not an
   * error. Rejects OUTPUT_FAILED.
   */
  async writeOut(text: string): Promise<boolean> {
    if (this.#out.destroyed || this.#out.writableEnded) return false
    const error = await new Promise<Error | null | undefined>((resolve) => this.#out.write(text, resolve))
    if (error === null || error === undefined) return true
    if (isBrokenPipe(error)) return false
    throw outputFailed(error)
  }
}

function outputFailed(cause: Error): RevalError {
  return new RevalError('OUTPUT_FAILED', `cannot write standard output: ${cause.message}`, { cause })
}

/** Whether the reader of the output is gone. */
function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}
