import { z } from 'zod'
import { dayOf, dayOrNull, type Day } from '../domain/day.ts'
import { RowFault } from '../domain/row-fault.ts'
import { described, isObject, type JsonObject } from './json.ts'

/** Text, null or absent. */
export const TEXT = z.string({ error: 'expected text' }).nullish()
/** True, false, null or absent. */
export const FLAG = z.boolean({ error: 'expected true, false or null' }).nullish()
/** A person's id: a whole number that JSON carries exactly; null or absent where the row says not whose it is. */
export const PERSON_ID = z.int({ error: 'expected a whole number' }).nullish()
/** A local date in either form, text or `[year, month, day, …]`; null or absent. */
export const DATE = z
  .union([z.string(), z.array(z.number())], { error: 'expected a date as text or [year, month, day]' })
  .nullish()
/** Where a sender says that it has sent everything. */
export const SYNC_END = FLAG

type SentDate = z.infer<typeof DATE>

/**
 * The day in a date field, in either form. `""` is null; what has a time of day, in text or as a fourth number, is
 * its day. Throws `RowFault` ROW_DATE_IMPOSSIBLE, naming `field`. Source: docs/messages.md, "Trainee".
 */
export function dayIn(field: string, date: SentDate): Day | null {
  if (date === null || date === undefined) return null
  if (typeof date === 'string') return isCommonDay(date) ? date : dayOrNull(field, date)
  const [year = NaN, month = NaN, day = NaN] = date
  const found = dayOf(year, month, day)
  if (found !== null) return found
  throw new RowFault('ROW_DATE_IMPOSSIBLE', field, `[${date.slice(0, 6).join(',')}] is not a valid date`)
}

/** Days that every month has, of four-digit years: nearly all that come, and no calendar is needed to know them. */
const COMMON_DAY = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/

function isCommonDay(text: string): boolean {
  return COMMON_DAY.test(text)
}

/**
 * The body as its schema describes it, unknown fields left out. Throws `RowFault` ROW_FIELD_INVALID with the path of
 * the first field that does not fit, what is expected there, and what came.
 */
export function fitting<T>(schema: z.ZodType<T>, body: JsonObject): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue?.path ?? []
  const reason = `${issue?.message ?? 'invalid value'}, got ${described(valueAt(body, path))}`
  throw new RowFault('ROW_FIELD_INVALID', path.join('.'), reason)
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? value[String(name)] : undefined), body)
}
