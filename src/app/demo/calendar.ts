import { dayOf, type Day } from '../../domain/day.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Draws } from './random.ts'

const FIRST_YEAR = 2012
const LAST_YEAR = 2038

const DAYS: Day[] = []
/** The start of each year in `DAYS`, and the end of the last one. */
const BEGINNINGS: number[] = []
for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
  BEGINNINGS.push(DAYS.length)
  for (let month = 1; month <= 12; month++) {
    for (let date = 1; date <= 31; date++) {
      const day = dayOf(year, month, date)
      if (day !== null) DAYS.push(day)
    }
  }
}
BEGINNINGS.push(DAYS.length)

function beginningOf(year: number): number {
  const beginning = BEGINNINGS[year - FIRST_YEAR]
  if (beginning === undefined) throw new RevalError('INTERNAL', `the calendar ends before ${year}`)
  return beginning
}

/**
 * Draws days from the first of January of one year to the last of December of another. The years are fixed ones and
 * no distances from today: the same seed gives the same rows on any day, and what is meant to be current, past or to
 * come is so on any day from 2026 to 2029.
 */
export function daysOf(draws: Draws, firstYear: number, lastYear: number): () => Day {
  const beginning = beginningOf(firstYear)
  const count = beginningOf(lastYear + 1) - beginning
  return () => {
    const day = DAYS[beginning + draws.below(count)]
    if (day === undefined) throw new RevalError('INTERNAL', 'a draw beyond the calendar')
    return day
  }
}
