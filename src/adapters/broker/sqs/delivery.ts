import type { Message } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Attributes, Delivery } from '../../../ports/broker.ts'
import { decodeAttributes } from './message.ts'

/** What can become of a received message. Each resolves when SQS has done it. */
export interface DeliveryEnds {
  acknowledge(): Promise<void>
  giveBack(delay: number): Promise<void>
  deadLetter(code: string, reason: string): Promise<void>
  /** Throws once the consumer no longer holds its deliveries. */
  assertHeld(): void
}

/** One delivery of a message; a receiver may do to its body what it likes. */
export class SqsDelivery implements Delivery {
  readonly body: Uint8Array
  readonly attributes: Attributes
  readonly deliveries: number
  readonly #ends: DeliveryEnds
  #ended = false

  constructor({ Body = '', MessageAttributes, Attributes: system }: Message, ends: DeliveryEnds) {
    this.body = Buffer.from(Body)
    this.attributes = decodeAttributes(MessageAttributes)
    this.deliveries = Math.max(1, Number(system?.ApproximateReceiveCount ?? 1))
    this.#ends = ends
  }

  async acknowledge(): Promise<void> {
    this.#end()
    await this.#ends.acknowledge()
  }

  async giveBack(delay = 0): Promise<void> {
    this.#end()
    await this.#ends.giveBack(delay)
  }

  async deadLetter(code: string, reason: string): Promise<void> {
    this.#end()
    await this.#ends.deadLetter(code, reason)
  }

  #end(): void {
    if (this.#ended) throw new RevalError('INTERNAL', 'a delivery was ended twice')
    this.#ends.assertHeld()
    this.#ended = true
  }
}
