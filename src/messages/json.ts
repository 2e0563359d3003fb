import { RevalError } from '../errors/reval-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const UTF8 = new TextDecoder('utf-8', { fatal: true })
const SHOWN_LENGTH = 40

/** A body as the bytes of its JSON text, UTF-8. */
export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** The value of a JSON body. Throws `RevalError` MESSAGE_NOT_JSON if it is not UTF-8 or not JSON. */
export function decodeJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(body)) as unknown
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'the body is not JSON' : 'the body is not UTF-8 text'
    throw new RevalError('MESSAGE_NOT_JSON', reason, { details: { field: 'body', reason }, cause })
  }
}

/** The refusal of a message as a whole, naming the field and why. */
export function invalidMessage(field: string, reason: string): RevalError {
  return new RevalError('MESSAGE_INVALID', `${field}: ${reason}`, { details: { field, reason } })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as a refusal shows it: the type of an object or array, the beginning of anything else. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (isObject(value)) return 'an object'
  const shown = JSON.stringify(value)
  return shown.length > SHOWN_LENGTH ? `${shown.slice(0, SHOWN_LENGTH)}…` : shown
}
