import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const REVAL = join(import.meta.dirname, '../../../bin/reval')

export interface LogLine {
  readonly msg: string
  readonly [field: string]: unknown
}

/** Long enough for a stage with an outage in it; what hangs longer is a fault. */
const LONGEST_WAIT_MS = 120_000

export interface ProcessOptions {
  readonly program?: string
  readonly longestWaitMs?: number
}

/** One process as somebody started it, the program itself unless another is named: what it says, and what it logs. */
export class RevalProcess {
  readonly name: string
  readonly logged: LogLine[] = []
  readonly #child: ChildProcess
  readonly #longestWaitMs: number
  readonly #said: string[] = []
  readonly #other: string[] = []
  readonly #looks = new Set<() => void>()
  #ended: { readonly code: number | null; readonly signal: string | null } | null = null

  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    { program = REVAL, longestWaitMs = LONGEST_WAIT_MS }: ProcessOptions = {},
  ) {
    this.name = args.join(' ')
    this.#longestWaitMs = longestWaitMs
    this.#child = spawn(program, args, {
      env: { ...process.env, REVAL_LOG_FORMAT: 'json', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { stdout, stderr } = this.#child
    if (stdout !== null) createInterface(stdout).on('line', (line) => this.#heard(() => this.#said.push(line)))
    if (stderr !== null) createInterface(stderr).on('line', (line) => this.#heard(() => this.#log(line)))
    // Its output is whole by then.
    this.#child.on('close', (code, signal) => this.#heard(() => (this.#ended = { code, signal })))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get output(): string {
    return this.#said.join('\n')
  }

  /** What it wrote to standard error that is no log. */
  get complaints(): string {
    return this.#other.join('\n')
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** How it ended. */
  async end(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    return this.until('its end', () => this.#ended)
  }

  /** How it ended, however long that takes. */
  async finished(): Promise<{ readonly code: number | null }> {
    if (this.#ended === null) await once(this.#child, 'close')
    return { code: this.#child.exitCode }
  }

  async stop(): Promise<void> {
    if (this.#ended !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    // One that is paused hears nothing.
    this.#child.kill('SIGCONT')
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await closed
    clearTimeout(hard)
  }

  /** The first line of the log, of all that came and will come, that is as wanted. */
  async log(what: string, wanted: (line: LogLine) => boolean): Promise<LogLine> {
    return this.until(what, () => this.logged.find(wanted) ?? null, what === 'its end')
  }

  /** Where its HTTP listens. */
  async address(): Promise<string> {
    return this.until('its address', () => / at (http:\S+)$/m.exec(this.output)?.[1] ?? null)
  }

  /** What a look gives once it is not null; it looks again at each line that comes. */
  async until<T>(what: string, look: () => T | null, evenEnded = what === 'its end'): Promise<T> {
    const found = Promise.withResolvers<T>()
    const again = () => {
      const value = look()
      if (value !== null) found.resolve(value)
      else if (this.#ended !== null && !evenEnded) found.reject(this.#failure(`it ended before ${what}`))
    }
    const timer = setTimeout(() => found.reject(this.#failure(`timed out waiting for ${what}`)), this.#longestWaitMs)
    this.#looks.add(again)
    again()
    try {
      return await found.promise
    } finally {
      clearTimeout(timer)
      this.#looks.delete(again)
    }
  }

  #heard(note: () => void): void {
    note()
    for (const look of this.#looks) look()
  }

  #log(line: string): void {
    try {
      this.logged.push(JSON.parse(line) as LogLine)
    } catch {
      this.#other.push(line)
    }
  }

  #failure(what: string): Error {
    const last = this.logged.slice(-15).map((line) => JSON.stringify(line))
    return new Error(`reval ${this.name}: ${what}\n${[...last, ...this.#other.slice(-10), this.output].join('\n')}`)
  }
}
