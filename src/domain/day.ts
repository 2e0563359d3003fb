import { RowFault } from './row-fault.ts'

/** A calendar day as `YYYY-MM-DD`, years 0001 to 9999. Days of this form compare as strings. */
export type Day = string

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const FORM = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
/** Days that every month has, in years of the calendar: nearly every day is one, and needs no arithmetic. */
const DAY_OF_EVERY_MONTH = /^(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$/
const WITH_TIME_OF_DAY =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$/

function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0)
}

function format(year: number, month: number, day: number): Day {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The day of these calendar numbers (month and day from 1), or null when the calendar has no such day. */
export function dayOf(year: number, month: number, day: number): Day | null {
  const whole = Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day)
  if (!whole || year < 1 || year > 9999 || month < 1 || month > 12) return null
  return day < 1 || day > daysInMonth(year, month) ? null : format(year, month, day)
}

/** Whether the text is a day of the calendar in the form `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (DAY_OF_EVERY_MONTH.test(text)) return true
  if (!FORM.test(text)) return false
  return dayOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))) !== null
}

/**
 * A date column: blank is null; a date with a time of day (after `T` or a space, with or without an offset) is its
 * written day. Throws `RowFault` ROW_DATE_IMPOSSIBLE, naming `field`, for anything else.
 */
export function dayOrNull(field: string, text: string | null | undefined): Day | null {
  if (text === null || text === undefined) return null
  if (isDay(text)) return text
  const day = withoutTimeOfDay(text)
  if (day === '') return null
  if (isDay(day)) return day
  throw new RowFault('ROW_DATE_IMPOSSIBLE', field, `"${text.slice(0, 40)}" is not a valid date (YYYY-MM-DD)`)
}

/** The written day of a date with a time of day; any other text trimmed. */
export function withoutTimeOfDay(text: string): string {
  const trimmed = text.trim()
  return WITH_TIME_OF_DAY.exec(trimmed)?.[1] ?? trimmed
}

/** One calendar month earlier; the 31st becomes the last day of a shorter month, as in the reference. */
export function oneMonthBefore(day: Day): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const earlierYear = month === 1 ? year - 1 : year
  const earlierMonth = month === 1 ? 12 : month - 1
  return format(earlierYear, earlierMonth, Math.min(date, daysInMonth(earlierYear, earlierMonth)))
}

const MILLISECONDS_A_DAY = 86_400_000

/** The number of days between two days; negative if the second is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return (Date.parse(to) - Date.parse(from)) / MILLISECONDS_A_DAY
}

const LONDON = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  calendar: 'iso8601',
  numberingSystem: 'latn',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
})

/** The day in Europe/London at an instant (milliseconds since the epoch): "today" for all rules. */
export function londonDay(instant: number): Day {
  const parts = new Map(LONDON.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  return format(parts.get('year') ?? NaN, parts.get('month') ?? NaN, parts.get('day') ?? NaN)
}
