import { londonDay, type Day } from '../../domain/day.ts'

/** An instant as a page shows it: its text, and the value of `datetime` of its `<time>`. */
export interface Instant {
  readonly text: string
  /** ISO 8601 in UTC, to the second. */
  readonly datetime: string
}

/** How exactly to show a time of day. Only histories show seconds. */
export type Precision = 'minutes' | 'seconds'

/**
 * An instant (milliseconds since the epoch) in Europe/London: `5:04am today`, `midday yesterday`, `5am tomorrow`, or
 * `25 November 2026 at 5:04am`.
 */
export function instant(at: number, now: number, precision: Precision = 'minutes'): Instant {
  const { day, time } = inLondon(at, precision)
  const near = nearDay(day, londonDay(now))
  return { text: near === null ? `${dayInWords(day)} at ${time}` : `${time} ${near}`, datetime: isoSeconds(at) }
}

/** An instant without `today`, for headings and rows that stay as they are: `25 November 2026 at 5:04am`. */
export function fullInstant(at: number, precision: Precision = 'minutes'): Instant {
  const { day, time } = inLondon(at, precision)
  return { text: `${dayInWords(day)} at ${time}`, datetime: isoSeconds(at) }
}

/** The time of day in Europe/London: 5:04am, midday, midnight; `5:04:12am` with seconds. */
export function timeOfDay(at: number, precision: Precision = 'minutes'): string {
  return inLondon(at, precision).time
}

/** 25 November 2026. */
export function dayInWords(day: Day): string {
  const [year = '', month = '', date = ''] = day.split('-')
  return `${Number(date)} ${MONTHS[Number(month) - 1] ?? month} ${Number(year)}`
}

/** Thursday 26 November 2026. */
export function weekdayInWords(day: Day): string {
  return `${WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? ''} ${dayInWords(day)}`.trim()
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const LONDON_TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

function inLondon(at: number, precision: Precision): { readonly day: Day; readonly time: string } {
  const parts = new Map(LONDON_TIME.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const [hour, minute, second] = [parts.get('hour') ?? 0, parts.get('minute') ?? 0, parts.get('second') ?? 0]
  return { day: londonDay(at), time: clockText(hour, minute, precision === 'seconds' ? second : null) }
}

/** As the NHS content guide writes times: 12-hour clock, midday and midnight in words, no `:00`. */
function clockText(hour: number, minute: number, second: number | null): string {
  const isFull = minute === 0 && (second === null || second === 0)
  if (isFull && hour === 0) return 'midnight'
  if (isFull && hour === 12) return 'midday'
  const minutes = isFull && second === null ? '' : `:${twoDigits(minute)}`
  const seconds = second === null ? '' : `:${twoDigits(second)}`
  return `${hour % 12 === 0 ? 12 : hour % 12}${minutes}${seconds}${hour < 12 ? 'am' : 'pm'}`
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function nearDay(day: Day, today: Day): 'today' | 'yesterday' | 'tomorrow' | null {
  if (day === today) return 'today'
  if (day === dayAfter(today, -1)) return 'yesterday'
  return day === dayAfter(today, 1) ? 'tomorrow' : null
}

/** Calendar arithmetic in UTC, where every day has 24 hours. */
function dayAfter(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
