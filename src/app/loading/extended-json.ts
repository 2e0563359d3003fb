import { EJSON } from 'bson'
import { isDay, type Day } from '../../domain/day.ts'
import { RowFault } from '../../domain/row-fault.ts'
import { shown, type Field } from './row-fields.ts'

/** A value of a document in MongoDB Extended JSON, relaxed or canonical, as JSON gives it; undefined if it is absent. */
export type JsonField<Value> = Field<unknown, Value>

function wrongType(name: string, value: unknown, due: string): RowFault {
  const kind = Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'a document' : `a ${typeof value}`
  return new RowFault('ROW_FIELD_INVALID', name, `expected ${due}, got ${kind}`)
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function wholeText(name: string, value: string): string {
  // An escape such as \ud83d alone is valid JSON, but not a character: no database can store it.
  if (value.isWellFormed()) return value
  throw new RowFault('ROW_FIELD_INVALID', name, 'contains an incomplete character (lone surrogate)')
}

/** A text unchanged. */
export const text: JsonField<string | null> = {
  read: (name, value) => {
    if (isAbsent(value)) return null
    if (typeof value === 'string') return wholeText(name, value)
    throw wrongType(name, value, 'text')
  },
}

/** A text that may be checked further by a rule of the domain, which throws `RowFault`. */
export function checkedText(rule: (name: string, value: string | null) => unknown): JsonField<string | null> {
  return {
    read: (name, value) => {
      const read = text.read(name, value)
      rule(name, read)
      return read
    },
  }
}

export const truth: JsonField<boolean | null> = {
  read: (name, value) => {
    if (isAbsent(value)) return null
    if (typeof value === 'boolean') return value
    throw wrongType(name, value, 'true or false')
  },
}

/** The `_id` of a document that is known by a text. */
export const textId: JsonField<string> = {
  name: '_id',
  read: (name, value) => {
    const read = text.read(name, value)
    if (read !== null && read.trim() !== '') return read
    throw new RowFault('ROW_KEY_MISSING', name, 'key of the document is blank')
  },
  isKey: true,
}

/** The `_id` of a document that is known by an ObjectId, or by a text. */
export const objectId: JsonField<string> = {
  name: '_id',
  read: (name, value) => {
    const digits = wrapped(value, '$oid')
    if (digits === undefined) return textId.read(name, value)
    if (typeof digits === 'string' && /^[0-9a-f]{24}$/i.test(digits)) return digits.toLowerCase()
    throw new RowFault('ROW_FIELD_INVALID', name, '$oid is not 24 hexadecimal digits')
  },
  isKey: true,
}

/** The day of a date, in UTC as the database keeps it. */
export const day: JsonField<Day | null> = {
  read: (name, value) => {
    if (isAbsent(value)) return null
    const written = wrapped(value, '$date')
    // Nearly all dates have this form, which starts with the day.
    const plain = typeof written === 'string' ? writtenDay(written) : null
    if (plain !== null && typeof written === 'string' && written.endsWith('Z')) return plain
    return instantOf(name, value).slice(0, 10)
  },
}

/** A point in time, as ISO 8601 in UTC. */
export const instant: JsonField<string | null> = {
  read: (name, value) => (isAbsent(value) ? null : instantOf(name, value)),
}

const ISO_INSTANT =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/

/** The day that the text of a date names, if it is a date of the calendar: JavaScript itself would roll it over. */
function writtenDay(written: string): Day | null {
  const named = ISO_INSTANT.exec(written)?.[1]
  return named !== undefined && isDay(named) ? named : null
}

function instantOf(name: string, value: unknown): string {
  const written = wrapped(value, '$date')
  if (written === undefined) throw wrongType(name, value, 'a date ({"$date": …})')
  const date: unknown = typeof written === 'string' && writtenDay(written) === null ? null : dateOf(value)
  const iso = date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : ''
  if (isDay(iso.slice(0, 10))) return iso
  const text = typeof written === 'string' ? written : JSON.stringify(written)
  throw new RowFault('ROW_DATE_IMPOSSIBLE', name, `${shown(text)} is not a valid date`)
}

/** The date as the driver reads it; null for what it refuses. */
function dateOf(value: unknown): unknown {
  try {
    return EJSON.parse(JSON.stringify(value))
  } catch {
    return null
  }
}

/** The value of `{"$type": …}`, if that is the only key. */
function wrapped(value: unknown, type: '$date' | '$oid'): unknown {
  if (typeof value !== 'object' || value === null || !(type in value)) return undefined
  const { [type]: content, ...rest } = value as Record<string, unknown>
  return Object.keys(rest).length === 0 ? content : undefined
}
