import { dayOf, dayOrNull, type Day } from '../domain/day.ts'
import type { Kind } from '../domain/fields.ts'
import { valueOf } from '../domain/records.ts'
import { RowFault } from '../domain/row-fault.ts'
import { describe, isObject, type JsonObject } from './json.ts'

/**
 * The value of a field of a body; null for what is absent or blank. A date is text or `[year, month, day, …]`, and its
 * day whatever time of day is with it. Throws `RowFault`, naming the field as `path`, for another type, an impossible
 * date or an unknown code. Source: docs/messages.md, "Trainee".
 */
export function sentValue(path: string, kind: Kind, sent: unknown): string | number | boolean | null {
  if (sent === null || sent === undefined) return null
  switch (kind) {
    case 'personId':
      // A whole number that JSON carries exactly.
      if (Number.isSafeInteger(sent)) return sent as number
      throw wrongType(path, 'a whole number', sent)
    case 'flag':
      if (typeof sent === 'boolean') return sent
      throw wrongType(path, 'true, false or null', sent)
    case 'day':
      if (typeof sent === 'string') return dayOrNull(path, sent)
      if (Array.isArray(sent) && sent.every((part) => typeof part === 'number')) return dayOfNumbers(path, sent)
      throw wrongType(path, 'a date as text or [year, month, day]', sent)
    default:
      if (typeof sent === 'string') return valueOf(path, kind, sent)
      throw wrongType(path, 'text', sent)
  }
}

function wrongType(path: string, expected: string, sent: unknown): RowFault {
  return new RowFault('ROW_FIELD_INVALID', path, `expected ${expected}, got ${describe(sent)}`)
}

function dayOfNumbers(path: string, numbers: readonly number[]): Day {
  const [year = NaN, month = NaN, day = NaN] = numbers
  const found = dayOf(year, month, day)
  if (found !== null) return found
  throw new RowFault('ROW_DATE_IMPOSSIBLE', path, `[${numbers.slice(0, 6).join(',')}] is not a valid date`)
}

/** An object of a body; null if it is null or absent. Throws `RowFault`, naming the field as `path`. */
export function sentObject(path: string, sent: unknown): JsonObject | null {
  if (sent === null || sent === undefined) return null
  if (isObject(sent)) return sent
  throw wrongType(path, 'an object', sent)
}

/**
 * Writes records as bodies that have the keys of the reference's, in its order. Fields that the reference added after
 * its body was captured come last and are omitted if they are null, so its older services see what they know.
 */
export function bodyLike<F extends string>(
  captured: JsonObject,
  fields: readonly F[],
): (record: Readonly<Record<F, unknown>>) => JsonObject {
  const added = new Set(fields.filter((field) => !(field in captured)))
  return (record) => {
    const body: Record<string, unknown> = { ...captured }
    for (const field of fields) {
      const value = record[field]
      // JSON leaves undefined out.
      body[field] = value === null && added.has(field) ? undefined : value
    }
    return body
  }
}
