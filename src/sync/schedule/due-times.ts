import type { Recurrence } from '../../ports/recurrence.ts'

/** How late something is still started, in milliseconds; after that it was missed. */
export const GRACE_MS = 30 * 60_000
/** More missed times are not counted. */
export const MOST_COUNTED = 1_000

/** Some due times: how many, and the first and last of them, in milliseconds since the epoch. */
export interface Dues {
  readonly first: number
  readonly last: number
  readonly times: number
}

export interface DueTimes {
  /** Due times for which it is not too late: one start does for all of them. Null if there are none. */
  readonly due: Dues | null
  /** Due times for which it is too late; null if there are none. */
  readonly missed: Dues | null
  /** Up to when these are all due times, for the next call. */
  readonly until: number
  /** The first due time after `now`; null if there is none. */
  readonly next: number | null
}

/** The due times after `decidedUntil`, up to `now`. */
export function dueTimes(recurrence: Recurrence, decidedUntil: number, now: number): DueTimes {
  const tooLate = Math.max(decidedUntil, now - GRACE_MS)
  // Half an hour has at most 1,800.
  const due = between(recurrence, tooLate, now, Infinity)
  const missed = between(recurrence, decidedUntil, tooLate, MOST_COUNTED)
  return { due, missed, until: due?.last ?? tooLate, next: recurrence.next(now) }
}

function between(recurrence: Recurrence, after: number, until: number, most: number): Dues | null {
  let times = 0
  let last = after
  for (let at = recurrence.next(after); at !== null && at <= until && times < most; at = recurrence.next(at)) {
    last = at
    times += 1
  }
  const first = recurrence.next(after)
  return times === 0 || first === null ? null : { first, last, times }
}
