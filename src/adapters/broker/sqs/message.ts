import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Attributes, OutgoingMessage } from '../../../ports/broker.ts'
import { checkAttributes, REFUSED_BY_SQS } from '../attributes.ts'
import type { ReceivedMessage } from '../held-delivery.ts'

/** A message as SQS carries it: text and typed attributes. */
export interface SqsMessage {
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>
}

/** The Java services set and read it; reval-sync only sets it. */
export const CONTENT_TYPE = 'contentType'

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The message as SQS carries it, independent of what it was made from. Throws MESSAGE_NOT_JSON for a body that SQS
 * cannot carry and JSON cannot be, INTERNAL for attributes that some broker could not carry.
 */
export function encodeMessage({ body, attributes }: OutgoingMessage): SqsMessage {
  checkAttributes(attributes)
  const own = Object.entries(attributes).map(([name, value]) => [name, textAttribute(value)] as const)
  return {
    body: bodyText(body),
    attributes: { [CONTENT_TYPE]: textAttribute('application/json'), ...Object.fromEntries(own) },
  }
}

export function textAttribute(text: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: text }
}

export function receivedMessage({ Body = '', MessageAttributes, Attributes: system }: Message): ReceivedMessage {
  return {
    body: Buffer.from(Body),
    attributes: decodeAttributes(MessageAttributes),
    deliveries: Math.max(1, Number(system?.ApproximateReceiveCount ?? 1)),
    sentAt: sentAtOf({ Attributes: system }),
  }
}

/** When SQS accepted the message; null if the server does not say. */
export function sentAtOf({ Attributes }: Pick<Message, 'Attributes'>): number | null {
  return Attributes?.SentTimestamp === undefined ? null : Number(Attributes.SentTimestamp)
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

/** JSON text with U+FFFE and U+FFFF, which SQS refuses, as escapes. In JSON they can only be inside strings. */
export function escaped(json: string): string {
  return json.replaceAll('\uFFFE', '\\uFFFE').replaceAll('\uFFFF', '\\uFFFF')
}

function bodyText(body: Uint8Array): string {
  const text = utf8Text(body)
  if (text === '') throw notJson('empty')
  if (!REFUSED_BY_SQS.test(text)) return text
  try {
    // JSON allows none of the control characters that SQS refuses, and the rest can be escaped.
    JSON.parse(text)
  } catch (cause) {
    throw notJson('contains control characters, U+FFFE or U+FFFF', cause)
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
