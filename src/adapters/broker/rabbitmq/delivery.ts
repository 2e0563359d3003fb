import type { AsyncMessage, Channel, Envelope } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Attributes, Delivery } from '../../../ports/broker.ts'
import { brokerFault } from './faults.ts'
import { attributesOf, bodyOf, deadCopy, deliveriesOf, laterCopy } from './message.ts'

/** What a delivery needs of its consumer. */
export interface DeliveryHolder {
  readonly channel: Channel
  /** Throws once the consumer no longer holds its deliveries. */
  readonly assertHeld: () => void
  /** Told when the end of a delivery begins. */
  readonly onEnd: () => void
  /** Resolves when the copy is safe. */
  readonly keepCopy: (kind: 'retry' | 'deadLetters', envelope: Envelope, body: Buffer) => Promise<void>
}

/** One delivery, with a copy of the body: what a receiver does to it, the dead letter queue does not see. */
export class RabbitmqDelivery implements Delivery {
  readonly body: Uint8Array
  readonly attributes: Attributes
  readonly deliveries: number
  readonly #message: AsyncMessage
  readonly #holder: DeliveryHolder
  #ended = false

  constructor(message: AsyncMessage, holder: DeliveryHolder) {
    this.body = new Uint8Array(bodyOf(message))
    this.attributes = attributesOf(message)
    this.deliveries = deliveriesOf(message)
    this.#message = message
    this.#holder = holder
  }

  async acknowledge(): Promise<void> {
    this.#end()
    this.#acknowledge()
  }

  async giveBack(delay = 0): Promise<void> {
    this.#end()
    if (delay > 0) await this.#replaceBy('retry', laterCopy(this.#message, delay))
    else this.#requeue()
  }

  async deadLetter(code: string, reason: string): Promise<void> {
    this.#end()
    await this.#replaceBy('deadLetters', deadCopy(this.#message, code, reason))
  }

  /** First the copy, then the end: a crash between the two leaves both. */
  async #replaceBy(kind: 'retry' | 'deadLetters', copy: Envelope): Promise<void> {
    try {
      await this.#holder.keepCopy(kind, copy, bodyOf(this.#message))
    } catch (error) {
      // It must not stay with this consumer for ever: nobody may end it a second time.
      if (this.#holder.channel.active) this.#requeue()
      throw error
    }
    this.#acknowledge()
  }

  #acknowledge(): void {
    this.#tell('acknowledging', (deliveryTag) => this.#holder.channel.basicAck({ deliveryTag }))
  }

  #requeue(): void {
    this.#tell('requeueing', (deliveryTag) => this.#holder.channel.basicNack({ deliveryTag, requeue: true }))
  }

  #tell(doing: string, tell: (deliveryTag: number) => void): void {
    this.#holder.assertHeld()
    try {
      tell(this.#message.deliveryTag)
    } catch (error) {
      throw brokerFault(error, `${doing} a message, which will be redelivered`)
    }
  }

  #end(): void {
    if (this.#ended) throw new RevalError('INTERNAL', 'a delivery was ended twice')
    this.#holder.assertHeld()
    this.#ended = true
    this.#holder.onEnd()
  }
}
