import { asRevalError, RevalError } from '../errors/reval-error.ts'

/** Something that starts and stops with the process. */
export interface Component {
  readonly name: string
  start?(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts components in order and stops them in reverse order, each within a deadline. If one fails to start, those
 * already started are stopped. If one fails to stop, that is reported and the others are stopped anyway.
 */
export class Lifecycle {
  readonly #started: Component[] = []
  readonly #deadlineMs: number
  readonly #report: (name: string, error: RevalError) => void
  #stopping: Promise<void> | null = null

  constructor(deadlineMs: number, report: (name: string, error: RevalError) => void) {
    this.#deadlineMs = deadlineMs
    this.#report = report
  }

  async start(component: Component): Promise<void> {
    this.#started.push(component)
    try {
      await component.start?.()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Idempotent: a second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    for (const component of this.#started.toReversed()) {
      try {
        await withinDeadline(component.stop(), this.#deadlineMs)
      } catch (error) {
        this.#report(component.name, asRevalError(error))
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
