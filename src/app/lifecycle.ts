import { asRevalError, RevalError } from '../errors/reval-error.ts'

/** Something that is started and stopped with the process. */
export interface Part {
  readonly name: string
  start?(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts parts in order and stops them in reverse, each within a deadline. A part that cannot start stops those that
 * had been started; one that cannot stop is reported and does not keep the others.
 */
export class Lifecycle {
  private readonly started: Part[] = []
  private readonly deadlineMs: number
  private readonly report: (name: string, error: RevalError) => void
  private stopping: Promise<void> | null = null

  constructor(deadlineMs: number, report: (name: string, error: RevalError) => void) {
    this.deadlineMs = deadlineMs
    this.report = report
  }

  async start(part: Part): Promise<void> {
    this.started.push(part)
    try {
      await part.start?.()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Idempotent: a second call waits for the first. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll()
    return this.stopping
  }

  private async stopAll(): Promise<void> {
    for (const part of this.started.toReversed()) {
      try {
        await withinDeadline(part.stop(), this.deadlineMs)
      } catch (error) {
        this.report(part.name, asRevalError(error))
      }
    }
  }
}

async function withinDeadline(work: Promise<void>, deadlineMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new RevalError('INTERNAL', `not stopped within ${deadlineMs} ms`)), deadlineMs)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
