import { z } from 'zod'
import { withoutTimeOfDay } from '../domain/day.ts'

const INSTANT = z.union([
  z.string(),
  z.number(),
  z.object({ $numberLong: z.string().regex(/^-?\d+$/) }).transform(({ $numberLong }) => Number($numberLong)),
])

/** A date of a stored document: text, an array of numbers, or an instant as MongoDB's Extended JSON writes it. */
export const STORED_DATE = z
  .union([z.string(), z.array(z.number()), z.object({ $date: INSTANT })], {
    error: 'expected a date: text, [year, month, day] or {"$date": …}',
  })
  .nullish()

/** The `_id` of a stored document: text, or an ObjectId as Extended JSON writes it. */
export const STORED_ID = z
  .union([z.string(), z.object({ $oid: z.string() })], { error: 'expected text or {"$oid": …}' })
  .nullish()

/** `_id` as text: the hexadecimal digits of an ObjectId, or the string as it is; null if absent or blank. */
export function idText(id: z.infer<typeof STORED_ID>): string | null {
  const text = typeof id === 'string' ? id : (id?.$oid ?? '')
  return text.trim() === '' ? null : text
}

/**
 * A stored date as the text that a source gives for it: its day, without the time of day; an instant is its day in
 * UTC. Anything else stays text for the rules to judge.
 */
export function storedDay(date: z.infer<typeof STORED_DATE>): string | null {
  if (date === null || date === undefined) return null
  if (typeof date === 'string') return withoutTimeOfDay(date)
  if (Array.isArray(date)) {
    const [year, ...rest] = date.slice(0, 3).map(String)
    return [(year ?? '').padStart(4, '0'), ...rest.map((part) => part.padStart(2, '0'))].join('-')
  }
  const { $date: instant } = date
  // Only an offset moves the day; without one, the day is as written.
  if (typeof instant === 'string' && !/T.*[+-]\d{2}:?\d{2}$/.test(instant)) return withoutTimeOfDay(instant)
  const moment = new Date(instant)
  return Number.isNaN(moment.getTime()) ? String(instant) : withoutTimeOfDay(moment.toISOString())
}
