import { instant } from '../json/parts.ts'
import type { ScheduleView } from '../json/schedule.ts'
import type { ScheduledThing } from './read-schedule.ts'

/** The zone of the expressions, whatever that of the machine. */
const TIME_ZONE = 'Europe/London'

/** The schedule as the command and the route show it. */
export function scheduleView(things: readonly ScheduledThing[]): ScheduleView {
  return {
    timeZone: TIME_ZONE,
    schedule: things.map(({ next, outcomes, ...thing }) => ({
      ...thing,
      next: next.map((at) => instant(at)),
      outcomes: outcomes.map(({ dueAt, decidedAt, ...outcome }) => ({
        ...outcome,
        dueAt: instant(dueAt),
        decidedAt: instant(decidedAt),
      })),
    })),
  }
}
