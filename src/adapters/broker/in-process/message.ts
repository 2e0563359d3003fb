import type { Message } from 'smqp'
import type { DeadLetter, OutgoingMessage } from '../../../ports/broker.ts'

/** What the driver keeps of a message, shared by all queues of its route. */
export interface StoredMessage extends OutgoingMessage {
  readonly sentAt: number
}

/** A copy that shares nothing with the original. */
export function copyOf({ body, attributes }: OutgoingMessage): OutgoingMessage {
  return { body: new Uint8Array(body), attributes: { ...attributes } }
}

/** What was published. The driver declares it as `any`; only this adapter puts messages in. */
export function contentOf(message: Message): StoredMessage {
  return message.content as StoredMessage
}

/** A message of a dead letter queue, as a copy. */
export function deadLetterOf(message: Message): DeadLetter {
  const letter = message.content as DeadLetter
  const { id, at, code, reason } = letter
  return { id, at, ...copyOf(letter), code, reason }
}

/**
 * Counts one more delivery and returns the count. It is kept in the properties: they belong to one queue's message
 * and stay with it when it is given back, while the content is shared by all queues of a route.
 */
export function countDelivery(message: Message): number {
  const before: unknown = message.properties.deliveries
  const deliveries = typeof before === 'number' ? before + 1 : 1
  message.properties.deliveries = deliveries
  return deliveries
}

export interface Size {
  readonly messages: number
  readonly bytes: number
}

export function sizeOf(messages: Iterable<Message>): Size {
  let count = 0
  let bytes = 0
  for (const message of messages) {
    count += 1
    bytes += contentOf(message).body.byteLength
  }
  return { messages: count, bytes }
}
