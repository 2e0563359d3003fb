import type { Message } from 'smqp'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Attributes, Delivery } from '../../../ports/broker.ts'
import type { MessageQueue } from './message-queue.ts'
import { contentOf, copyOf, countDelivery } from './message.ts'

/** One delivery, with a copy of the message: what a receiver does to it, the next one does not see. */
export class InProcessDelivery implements Delivery {
  readonly body: Uint8Array
  readonly attributes: Attributes
  readonly deliveries: number
  readonly #queue: MessageQueue
  readonly #message: Message
  readonly #assertHeld: () => void
  #ended = false

  /** `assertHeld` throws once the consumer no longer holds its deliveries. */
  constructor(queue: MessageQueue, message: Message, assertHeld: () => void) {
    const { body, attributes } = copyOf(contentOf(message))
    this.body = body
    this.attributes = attributes
    this.deliveries = countDelivery(message)
    this.#queue = queue
    this.#message = message
    this.#assertHeld = assertHeld
  }

  async acknowledge(): Promise<void> {
    this.#end()
    this.#message.ack()
  }

  async giveBack(delay = 0): Promise<void> {
    this.#end()
    this.#queue.giveBack(this.#message, delay)
  }

  async deadLetter(code: string, reason: string): Promise<void> {
    this.#end()
    this.#queue.deadLetter(this.#message, code, reason)
  }

  #end(): void {
    if (this.#ended) throw new RevalError('INTERNAL', 'a delivery was ended twice')
    this.#assertHeld()
    this.#ended = true
  }
}
