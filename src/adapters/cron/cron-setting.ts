import { Cron } from 'croner'
import { z } from 'zod'
import type { Recurrence } from '../../ports/recurrence.ts'

/** The days of the rules are those of London too. */
export const TIME_ZONE = 'Europe/London'

/**
 * A cron expression in London time. A time that the clocks skip in spring is due when they have moved; one that comes twice in
 * autumn is due once, or twice if the expression repeats within the hour.
 */
class CronRecurrence implements Recurrence {
  readonly expression: string
  readonly #cron: Cron

  constructor(expression: string) {
    this.expression = expression
    // Paused: only asked for times, never started.
    this.#cron = new Cron(expression, { timezone: TIME_ZONE, mode: '5-or-6-parts', paused: true })
  }

  next(after: number): number | null {
    return this.#cron.nextRun(new Date(after))?.getTime() ?? null
  }
}

/** Reads a cron expression of five fields, or six with seconds first. */
export function cron(): z.ZodType<Recurrence, string> {
  return z.string().transform((text, context) => {
    const refuse = (reason: string) => {
      context.addIssue({ code: 'custom', message: `must be a cron expression such as 0 5 * * *: ${reason}` })
      return z.NEVER
    }
    const fields = text.trim().split(/\s+/)
    if (fields.length < 5 || fields.length > 6) return refuse('five fields, or six with seconds first')
    try {
      const recurrence = new CronRecurrence(fields.join(' '))
      // From the start of a leap year, so that 29 February is found; 31 February is not.
      return recurrence.next(Date.UTC(2024, 0)) === null ? refuse('it is never due') : recurrence
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return refuse(
        reason
          .replace(/^CronPattern: /, '')
          .replace(/: .*$/, '')
          .toLowerCase(),
      )
    }
  })
}
