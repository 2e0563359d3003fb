import { createHash } from 'node:crypto'
import type { AsyncMessage, Envelope, HeaderFields, SyncMessage } from 'rabbitmq-client'
import type { Attributes, DeadLetter, OutgoingMessage } from '../../../ports/broker.ts'
import { ATTRIBUTE_NAME } from '../attributes.ts'

export type Incoming = AsyncMessage | SyncMessage

/** Headers of our own, which the layers above do not see. */
const CODE = 'x-reval-code'
const REASON = 'x-reval-reason'
/** When the message was put aside, in milliseconds since the epoch. */
const AT = 'x-reval-at'

/** Headers that the broker writes, or that would send a copy to further queues. */
const BROKERS_OWN = /^(x-death|x-(first|last)-death-.*|x-delivery-count|x-acquired-count|CC|BCC)$/
const OUR_OWN = /^x-reval-(code|reason|at)$/

/** A header has to fit into one frame, with all the others. */
const LONGEST_REASON = 2_000

/** A message of ours, as it goes over the wire: with the properties that the Java services write. */
export function envelopeOf({ attributes }: OutgoingMessage): Envelope {
  return {
    contentType: 'application/json',
    contentEncoding: 'UTF-8',
    durable: true,
    priority: 0,
    headers: { ...attributes },
  }
}

/** The bytes as the client takes them: not copied, because they are read when they are written to the socket. */
export function bufferOf(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

/**
 * The body as it came. The client reads text and JSON that say no content encoding; all of ours and of the Java
 * services say one. Of others' messages the meaning is kept, not each byte, and numbers beyond 2^53 lose digits.
 */
export function bodyOf({ body }: Incoming): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Headers as text, without names that not every broker can carry, such as `__TypeId__`. What is neither text nor number nor truth has no form that another broker could carry. */
export function attributesOf(message: Incoming): Attributes {
  const attributes: Record<string, string> = {}
  for (const [name, value] of headersOf(message)) {
    if (!ATTRIBUTE_NAME.test(name) || BROKERS_OWN.test(name) || OUR_OWN.test(name)) continue
    if (typeof value === 'number' || typeof value === 'boolean') attributes[name] = String(value)
    if (typeof value === 'string' && value !== '') attributes[name] = value
  }
  return attributes
}

/**
 * How often a message was delivered, this time included. Classic queues know only that it was before. From RabbitMQ 4 on
 * quorum queues count what was given back apart from what failed: all that was acquired counts here.
 */
export function deliveriesOf(message: Incoming): number {
  const counts = ['x-delivery-count', 'x-acquired-count'].map((name) => numberIn(message, name))
  return Math.max(...counts, message.redelivered ? 1 : 0) + 1
}

/** When the message was sent, to the second; null if its sender did not say, as the Java services do not. Ours do. */
export function sentAtOf({ timestamp }: Incoming): number | null {
  return timestamp === undefined ? null : timestamp * 1_000
}

/** Why and when a message is put aside. */
export interface PutAside {
  readonly code: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The message as it came, for a dead letter queue: nothing in it decides any more where it goes. */
export function deadCopy(message: Incoming, { code, reason, at }: PutAside): Envelope {
  const { contentType, contentEncoding, priority, correlationId, replyTo, timestamp, type, appId } = message
  const theirs = headersOf(message).filter(([name]) => !BROKERS_OWN.test(name) && !OUR_OWN.test(name))
  const kept = { contentType, contentEncoding, priority, correlationId, replyTo, timestamp, type, appId }
  const ours = { [CODE]: code, [REASON]: reason.slice(0, LONGEST_REASON).toWellFormed(), [AT]: String(at) }
  return {
    ...(Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as HeaderFields),
    durable: true,
    headers: { ...Object.fromEntries(theirs), ...ours },
  }
}

/** A message of a dead letter queue. What the broker itself moved there has no code of ours. */
export function deadLetterOf(message: Incoming): DeadLetter {
  const headers = new Map(headersOf(message))
  const code = headers.get(CODE)
  const reason = headers.get(REASON)
  return {
    id: idOf(message),
    at: putAsideAt(headers),
    body: bodyOf(message),
    attributes: attributesOf(message),
    code: typeof code === 'string' ? code : 'MESSAGE_HANDLER_FAILED',
    reason: typeof reason === 'string' ? reason : movedByBroker(headers.get('x-death')),
  }
}

/**
 * Every copy of ours has a message id of its own. What the broker moved has its sender's, or none: then equal ones that
 * died in the same second share the id, and it does not matter which of them is removed.
 */
function idOf(message: Incoming): string {
  const { messageId } = message
  if (messageId !== undefined && messageId !== '') return messageId
  const deaths = JSON.stringify(message.headers?.['x-death'] ?? null)
  return createHash('sha256').update(bodyOf(message)).update(deaths).digest('hex').slice(0, 32)
}

function putAsideAt(headers: ReadonlyMap<string, unknown>): number | null {
  const at = Number(headers.get(AT) ?? NaN)
  if (Number.isSafeInteger(at)) return at
  const time = latestDeath(headers.get('x-death')).get('time')
  return typeof time === 'number' ? time * 1_000 : null
}

/** The broker's own record of where a message died begins with the latest. */
function latestDeath(deaths: unknown): ReadonlyMap<string, unknown> {
  const latest: unknown = Array.isArray(deaths) ? deaths[0] : null
  return new Map(typeof latest === 'object' && latest !== null ? Object.entries(latest) : [])
}

function movedByBroker(deaths: unknown): string {
  const why = latestDeath(deaths).get('reason')
  if (why === 'delivery_limit') return 'moved here by RabbitMQ: delivery limit reached without acknowledgement'
  return `no reason recorded${typeof why === 'string' ? `; RabbitMQ: ${why}` : ''}`
}

function headersOf(message: Incoming): [string, unknown][] {
  return Object.entries(message.headers ?? {})
}

function numberIn(message: Incoming, name: string): number {
  const value: unknown = message.headers?.[name]
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}
