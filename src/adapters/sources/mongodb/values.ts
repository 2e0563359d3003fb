import { BSON, Decimal128, Long, ObjectId } from 'mongodb'

/** Any field as the text that the rules judge; null where it is null or absent. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) return isoOf(value)
  if (value instanceof ObjectId || value instanceof Long || value instanceof Decimal128) return value.toString()
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  // What belongs to no text field at all is shown as it would be in an export.
  return BSON.EJSON.stringify(value)
}

/**
 * A date field as a day: of a date its day in UTC, as the database keeps it. A text comes as it stands there, and
 * what is neither comes as a text that is no date, which the rules then say.
 */
export function dayOf(value: unknown): string | null {
  if (!(value instanceof Date)) return textOf(value)
  const iso = isoOf(value)
  // Years beyond 9999 have a sign and two digits more: such a text is no day, and is left whole.
  return /^\d{4}-/.test(iso) ? iso.slice(0, 'YYYY-MM-DD'.length) : iso
}

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString()
}

/** A field that says yes or no; numbers and texts that plainly do are taken for it, anything else for absent. */
export function truthOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return text === 'true' ? true : text === 'false' ? false : null
}
