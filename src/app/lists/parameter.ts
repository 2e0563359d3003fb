import { withoutTimeOfDay, isDay, type Day } from '../../domain/day.ts'
import { RevalError } from '../../errors/reval-error.ts'

/** Parameters of a request as the server decoded them once; only the first level of encoding is gone. */
export type Parameters = Readonly<Record<string, string | undefined>>

/** The most code points of a text that is searched for. */
const LONGEST_TEXT = 256
/** Longer values are cut off before anything reads them; a value may be encoded twice. */
const LONGEST_VALUE = 10_000

const ENCODED = /%[0-9a-f]{2}/i
/** Control, format and unassigned characters, and halves of a pair. */
const INVISIBLE = /\p{C}/gu

/**
 * A value as both clients send it: perhaps in JSON quotes, perhaps encoded once more; without invisible characters, trimmed. Null
 * if it is absent, or the literal `undefined`. Source: the reference's StringConverter.
 */
export function decoded(value: string | undefined, clean = visible): string | null {
  if (value === undefined) return null
  const text = clean(decodedAgain(unquoted(clean(value))))
  return text === 'undefined' ? null : text
}

function visible(text: string): string {
  return text.replace(INVISIBLE, '').trim()
}

const asItIs = (text: string) => text

function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : text
  } catch {
    // Quotes that belong to the text.
    return text
  }
}

function decodedAgain(text: string): string {
  if (!ENCODED.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    // A per cent sign that belongs to the text.
    return text
  }
}

/** A value as a person typed it: without invisible characters, trimmed. */
export function typed(value: string | undefined, clean = visible): string | null {
  return value === undefined ? null : clean(value)
}

/** Reads the parameters of one request. Each method throws USAGE for an invalid value, naming the parameter. */
export class ParameterReader {
  readonly #parameters: Parameters
  readonly #read: typeof decoded

  constructor(parameters: Parameters, read = decoded) {
    this.#parameters = parameters
    this.#read = read
  }

  /** Null if it is absent or blank. */
  text(name: string): string | null {
    if (Array.from(this.written(name) ?? '').length > LONGEST_TEXT)
      throw fault(name, `longer than ${LONGEST_TEXT} characters`)
    const text = this.value(name)
    return text === '' ? null : text
  }

  /** The decoded value, even if blank; null if it is absent. */
  value(name: string): string | null {
    return this.#read(this.#short(name))
  }

  /** The same with invisible characters and spaces, which count towards limits of length. */
  written(name: string): string | null {
    return this.#read(this.#short(name), asItIs)
  }

  /** A value that must match exactly, so nothing is trimmed; null if it is absent or empty. */
  choice(name: string): string | null {
    const choice = this.written(name)
    return choice === '' ? null : choice
  }

  #short(name: string): string | undefined {
    const value = this.#parameters[name]
    if (value !== undefined && value.length > LONGEST_VALUE) throw fault(name, 'too long')
    return value
  }

  day(name: string): Day | null {
    const text = this.choice(name)
    if (text === null) return null
    const day = withoutTimeOfDay(text)
    if (!isDay(day)) throw fault(name, `expected a day (YYYY-MM-DD), got ${quoted(text)}`)
    return day
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | null {
    const text = this.choice(name)
    if (text === null) return null
    const found = values.find((value) => value === text)
    if (found === undefined) throw fault(name, `expected one of ${values.join(', ')}; got ${quoted(text)}`)
    return found
  }

  /** The same, ignoring case; `values` are in lower case. */
  oneOfAnyCase<T extends string>(name: string, values: readonly T[]): T | null {
    const text = this.choice(name)?.toLowerCase()
    return text === undefined ? null : new ParameterReader({ [name]: text }, this.#read).oneOf(name, values)
  }
}

/** A fault of a request. */
export function fault(name: string, reason: string): RevalError {
  return new RevalError('USAGE', `${name}: ${reason}`, { details: { parameter: name } })
}

/** The start of a sent value, to be quoted in a reason. */
export function quoted(text: string): string {
  return `"${Array.from(text).slice(0, 40).join('')}"`
}
