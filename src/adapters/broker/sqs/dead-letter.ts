import type { Message } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import type { DeadLetter } from '../../../ports/broker.ts'
import { CONTENT_TYPE, decodeAttributes, escaped, sentAtOf, sizeOf, textAttribute, type SqsMessage } from './message.ts'

/** The attribute that a dead letter has beside the message's own: JSON of a DeadLetterReason. */
const REASON = 'reval-dead-letter'
const MOST_ATTRIBUTES = 10
/** A reason is cut to the first of these lengths that leaves the dead letter small enough, in characters. */
const REASON_LENGTHS = [500, 50, 0]

export interface DeadLetterReason {
  readonly code: string
  readonly reason: string
}

/**
 * The message as a dead letter: body and attributes as they came, with the reason in place of the content type. It has
 * at most `limit` bytes, or as many as the message, if that is more. Attributes for which no room is left are dropped,
 * and the reason says so. Throws BROKER_FAILED where the body alone leaves no room.
 */
export function deadLetterMessage(message: Message, why: DeadLetterReason, limit: number): SqsMessage {
  const { Body: body = '', MessageAttributes = {} } = message
  const most = Math.max(limit, sizeOf({ body, attributes: MessageAttributes }))
  const own = Object.entries(MessageAttributes).filter(([name]) => name !== CONTENT_TYPE && name !== REASON)
  for (let kept = Math.min(own.length, MOST_ATTRIBUTES - 1); kept >= 0; kept--) {
    const dropped = own.slice(kept).map(([name]) => name)
    const attributes = Object.fromEntries(own.slice(0, kept))
    const reason = dropped.length === 0 ? why.reason : `(attributes dropped: ${dropped.join(', ')}) ${why.reason}`
    for (const length of REASON_LENGTHS) {
      const text = escaped(JSON.stringify({ code: why.code, reason: cut(reason, length) }))
      const deadLetter = { body, attributes: { ...attributes, [REASON]: textAttribute(text) } }
      if (sizeOf(deadLetter) <= most) return deadLetter
    }
  }
  throw new RevalError(
    'BROKER_FAILED',
    `a message of ${Buffer.byteLength(body)} bytes leaves no room for the dead-letter reason; ` +
      'raise REVAL_SQS_MAX_MESSAGE_BYTES',
  )
}

/** A message of a dead letter queue, whether reval-sync or a redrive policy put it there. */
export function deadLetterOf(message: Message): DeadLetter {
  const { MessageId = '', Body = '', MessageAttributes } = message
  const { [REASON]: text, ...attributes } = decodeAttributes(MessageAttributes)
  const why = text === undefined ? null : reasonOf(text)
  const sentAt = sentAtOf(message)
  const sent = new Date(sentAt ?? 0).toISOString()
  return {
    id: MessageId,
    // A redrive policy leaves the time at which the message was sent first.
    at: why === null ? null : sentAt,
    body: Buffer.from(Body),
    attributes,
    code: why?.code ?? 'MESSAGE_HANDLER_FAILED',
    reason:
      why?.reason ??
      `no reason recorded: moved here by something else, such as a redrive policy after too many deliveries (sent ${sent})`,
  }
}

/** At most so many characters, with a mark where some were cut; never half of a surrogate pair. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text
  return `${text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function reasonOf(text: string): DeadLetterReason | null {
  try {
    const why: unknown = JSON.parse(text)
    if (typeof why !== 'object' || why === null || !('code' in why) || !('reason' in why)) return null
    return { code: String(why.code), reason: String(why.reason) }
  } catch {
    // Not written by reval-sync; shown like any other foreign dead letter.
    return null
  }
}
