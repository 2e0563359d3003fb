import { BSON, Decimal128, Long, ObjectId } from 'mongodb'
import { compareByCodePoint } from '../../../domain/text.ts'

/** Any field as text, for the rules; null if it is null or absent. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) return isoOf(value)
  if (value instanceof ObjectId || value instanceof Long || value instanceof Decimal128) return value.toString()
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  // Other types are shown as they would be in an export.
  return BSON.EJSON.stringify(value)
}

/**
 * A date field as a day: of a date its day in UTC, as the database keeps it. A text comes as it is, and
 * anything else as a text that is not a date, which the rules then reject.
 */
export function dayOf(value: unknown): string | null {
  if (!(value instanceof Date)) return textOf(value)
  const day = Math.floor(value.getTime() / DAY_MS)
  const known = writtenDays.get(day)
  if (known !== undefined) return known
  const iso = isoOf(value)
  // Years beyond 9999 have a sign and two digits more: such a text is not a day, and is left whole.
  if (!/^\d{4}-/.test(iso)) return iso
  const written = iso.slice(0, 'YYYY-MM-DD'.length)
  if (writtenDays.size >= MOST_DAYS) writtenDays.clear()
  writtenDays.set(day, written)
  return written
}

const DAY_MS = 86_400_000
/** A cache of formatted days: there are only a few thousand, and formatting is slow. */
const writtenDays = new Map<number, string>()
const MOST_DAYS = 20_000

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString()
}

/** A true or false field. Numbers, and the texts `true` and `false`, count as one; anything else counts as absent. */
export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return text === 'true' ? true : text === 'false' ? false : null
}

/** The types of keys, in the order in which MongoDB sorts them. */
export type Key =
  | { readonly kind: 1; readonly value: number }
  | { readonly kind: 2; readonly value: string }
  | { readonly kind: 3; readonly value: string }

/**
 * A key as MongoDB orders it: numbers before texts before ObjectIds, texts by their bytes, which is by code point. Null
 * for any other type: no recommendation belongs to such a document.
 */
export function keyOf(value: unknown): Key | null {
  if (typeof value === 'string') return { kind: 2, value }
  if (typeof value === 'number' && !Number.isNaN(value)) return { kind: 1, value }
  if (value instanceof ObjectId) return { kind: 3, value: value.toHexString() }
  return null
}

export function compareKeys(a: Key, b: Key): number {
  if (a.kind !== b.kind) return a.kind - b.kind
  if (a.kind === 1 && b.kind === 1) return a.value - b.value
  return compareByCodePoint(String(a.value), String(b.value))
}
