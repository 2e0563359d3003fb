import { RowFault, type RowFaultCode } from '../domain/row-fault.ts'
import { RevalError } from '../errors/reval-error.ts'
import { sentValue } from './fields.ts'
import { decodeJson, describe, encodeJson, invalidMessage, isObject, type JsonObject } from './json.ts'

/** A valid row of a message; `index` is its position in the message, from 0. */
export interface DecodedRow<T> {
  readonly index: number
  readonly value: T
}

/** A row of a message that is refused. The rows beside it are unaffected. */
export interface FaultyRow {
  /** Its place in the message, from 0. */
  readonly index: number
  /** The id of the row it would have become; null if unknown. */
  readonly key: string | null
  readonly code: RowFaultCode
  /** The path of the field in the row's own body. */
  readonly field: string
  readonly reason: string
  /** The row alone, as a message that can be kept and sent again. */
  readonly body: Uint8Array
}

/** The content of a message: each element is a row, a fault or the end. */
export interface DecodedRows<T> {
  readonly rows: readonly DecodedRow<T>[]
  readonly faults: readonly FaultyRow[]
  /** Whether the sender reports that it has sent everything. */
  readonly end: boolean
}

/** How one kind of row is read from the body that it has alone in a message. */
export interface RowReader<T> {
  /** Throws `RowFault` for an invalid body. */
  readonly read: (body: JsonObject) => T
  /** The id of the row that the body would become; null if unknown. Never throws. */
  readonly keyOf: (body: JsonObject) => string | null
  /** For a channel that has an end: whether a body holds a row, which an end must not. */
  readonly holdsRow?: (body: JsonObject) => boolean
}

/**
 * The rows of a message: a bare body, or an array of bodies. Throws `RevalError` MESSAGE_NOT_JSON or MESSAGE_INVALID
 * (details: field, reason) if the message as a whole is invalid, as `{}` and `[]` are.
 */
export function decodeRows<T>(message: Uint8Array, reader: RowReader<T>): DecodedRows<T> {
  const rows: DecodedRow<T>[] = []
  const faults: FaultyRow[] = []
  let end = false
  bodiesOf(decodeJson(message)).forEach((body, index) => {
    try {
      const object = asObject(body)
      const saysEnd = reader.holdsRow !== undefined && sentValue('syncEnd', 'flag', object.syncEnd) === true
      end ||= saysEnd
      if (!saysEnd) rows.push({ index, value: reader.read(object) })
      else if (reader.holdsRow(object)) throw rowInEnd()
    } catch (error) {
      if (!(error instanceof RowFault)) throw error
      const { code, field, reason } = error
      const key = isObject(body) ? reader.keyOf(body) : null
      faults.push({ index, key, code, field, reason, body: encodeJson(body) })
    }
  })
  return { rows, faults, end }
}

function bodiesOf(message: unknown): readonly unknown[] {
  if (Array.isArray(message)) {
    if (message.length === 0) throw invalidMessage('body', 'empty array: expected rows or the end')
    return message
  }
  if (!isObject(message)) throw invalidMessage('body', `expected an object or an array, got ${describe(message)}`)
  if (Object.keys(message).length === 0) throw invalidMessage('body', 'empty object: expected a row or the end')
  return [message]
}

function asObject(body: unknown): JsonObject {
  if (isObject(body)) return body
  throw new RowFault('ROW_FIELD_INVALID', 'row', `expected an object, got ${describe(body)}`)
}

/** Neither is trusted: the sender may have meant either one. */
function rowInEnd(): RowFault {
  return new RowFault('ROW_FIELD_INVALID', 'syncEnd', 'syncEnd and a row in the same body')
}

/** A row as the body that it has alone in a message. */
export type EncodedRow = Uint8Array

/** One row's body. Rows are encoded one by one: text with letters of one script only is encoded several times faster. */
export function encodeRow(body: JsonObject): EncodedRow {
  return encodeJson(body)
}

const OPENING = Buffer.from('[')
const BETWEEN = Buffer.from(',')
const CLOSING = Buffer.from(']')

/** The bytes that a row adds to a message of several, besides its own. */
export const BYTES_BESIDE_A_ROW = BETWEEN.byteLength

/**
 * The message of some rows: one alone is a bare object, as the reference sends it; several are an array. There must be
 * at least one.
 */
export function messageOf(rows: readonly EncodedRow[]): Uint8Array {
  const [first, ...others] = rows
  if (first === undefined) throw new RevalError('INTERNAL', 'a message holds at least one row')
  if (others.length === 0) return first
  return Buffer.concat([OPENING, first, ...others.flatMap((row) => [BETWEEN, row]), CLOSING])
}
