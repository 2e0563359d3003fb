import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Attributes, OutgoingMessage } from '../../../ports/broker.ts'

/** A message as SQS carries it: text and typed attributes. */
export interface SqsMessage {
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>
}

/** SQS carries ten; one of them is the content type, or what a dead letter says of itself. */
const MOST_ATTRIBUTES = 9
const ATTRIBUTE_NAME = /^[A-Za-z0-9-]+$/
/** The Java services set it and read it; nobody here does. */
export const CONTENT_TYPE = 'contentType'

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
// eslint-disable-next-line no-control-regex -- they are what SQS refuses
const CONTROL = /[\0-\x08\x0B\x0C\x0E-\x1F]/
const NO_CHARACTER = /[\uFFFE\uFFFF]/

/**
 * The message with copies of its body and attributes. Throws MESSAGE_NOT_JSON for a body that SQS cannot carry and
 * JSON cannot be, INTERNAL for attributes that some broker could not carry.
 */
export function encodeMessage({ body, attributes }: OutgoingMessage): SqsMessage {
  const entries = Object.entries(attributes)
  if (entries.length > MOST_ATTRIBUTES) {
    throw new RevalError('INTERNAL', `a message has ${entries.length} attributes, maximum is ${MOST_ATTRIBUTES}`)
  }
  for (const [name, value] of entries) {
    if (!ATTRIBUTE_NAME.test(name) || value === '' || CONTROL.test(value) || NO_CHARACTER.test(value)) {
      throw new RevalError('INTERNAL', `unsupported message attribute: ${JSON.stringify(name)}`)
    }
  }
  return {
    body: bodyText(body),
    attributes: {
      [CONTENT_TYPE]: textAttribute('application/json'),
      ...Object.fromEntries(entries.map(([name, value]) => [name, textAttribute(value)])),
    },
  }
}

export function textAttribute(text: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: text }
}

/** The attributes as text: those of other types of SQS, and the content type, are left out. */
export function decodeAttributes(attributes: Message['MessageAttributes'] = {}): Attributes {
  const decoded: Record<string, string> = {}
  for (const [name, { DataType = '', StringValue }] of Object.entries(attributes)) {
    const isText = /^(String|Number)(\.|$)/.test(DataType)
    if (name !== CONTENT_TYPE && isText && StringValue !== undefined) decoded[name] = StringValue
  }
  return decoded
}

/** What SQS counts of a message against its limits: the body, and name, type and value of every attribute. In bytes. */
export function sizeOf({ body, attributes }: SqsMessage): number {
  let bytes = Buffer.byteLength(body)
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType)
    bytes += BinaryValue?.byteLength ?? Buffer.byteLength(StringValue)
  }
  return bytes
}

/** JSON text in which the two characters that SQS refuses are escaped. They can only stand in strings. */
export function escaped(json: string): string {
  return json.replaceAll('\uFFFE', '\\uFFFE').replaceAll('\uFFFF', '\\uFFFF')
}

function bodyText(body: Uint8Array): string {
  const text = utf8Text(body)
  if (text === '') throw notJson('empty')
  // Only the white space among them may stand in JSON, and that one SQS takes.
  if (CONTROL.test(text)) throw notJson('contains control characters')
  if (!NO_CHARACTER.test(text)) return text
  try {
    JSON.parse(text)
  } catch (cause) {
    throw notJson('contains U+FFFE or U+FFFF', cause)
  }
  return escaped(text)
}

function utf8Text(body: Uint8Array): string {
  try {
    return UTF8.decode(body)
  } catch (cause) {
    throw notJson('not UTF-8', cause)
  }
}

function notJson(reason: string, cause?: unknown): RevalError {
  return new RevalError('MESSAGE_NOT_JSON', `invalid body: ${reason}`, { cause })
}
