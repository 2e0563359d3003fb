import type { Consumer as DriverConsumer, Message } from 'smqp'
import type { RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, Delivery } from '../../../ports/broker.ts'
import { ConsumerLife, stopped } from '../consumer-life.ts'
import { InProcessDelivery } from './delivery.ts'
import type { MessageQueue } from './message-queue.ts'

export interface SubscriptionOptions extends ConsumeOptions {
  readonly queue: MessageQueue
  readonly handler: (delivery: Delivery) => void | Promise<void>
  /** Told when a message has left the queue for this consumer. Never called from inside a call of the queue. */
  readonly onTaken: () => void
  /** Told once, however the consumer ends. */
  readonly onEnd: (subscription: Subscription) => void
}

/** A consumer of one queue. */
export class Subscription implements Consumer {
  readonly #options: SubscriptionOptions
  readonly #consumer: DriverConsumer
  readonly #life: ConsumerLife

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#life = new ConsumerLife({ ...options, end: (reason) => this.end(reason) })
    this.#consumer = options.queue.consume(options.prefetch, (message) => {
      // A turn of its own for each: a sender is never inside the work of its receiver, and a long chain of messages
      // lets timers and requests through.
      setImmediate(() => this.#begin(message))
    })
  }

  async stop(): Promise<void> {
    this.end(stopped())
  }

  /** Ends the consumer: unended messages come again to another one, and ending them here is refused with `reason`. */
  end(reason: RevalError): void {
    if (!this.#life.finish(reason)) return
    this.#consumer.cancel(true)
    this.#options.onEnd(this)
  }

  #begin(message: Message): void {
    if (this.#life.isOver) return
    this.#options.onTaken()
    const delivery = new InProcessDelivery(this.#options.queue, message, () => this.#life.assertHeld())
    void this.#life.handle(delivery)
  }
}
