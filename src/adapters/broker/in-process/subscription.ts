import type { Consumer as DriverConsumer, Message } from 'smqp'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, Delivery } from '../../../ports/broker.ts'
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
  /** What ends of deliveries are refused with; null while the consumer holds its deliveries. */
  #over: RevalError | null = null

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#consumer = options.queue.consume(options.prefetch, (message) => {
      // A turn of its own for each: a sender is never inside the work of its receiver, and a long chain of messages
      // lets timers and requests through.
      setImmediate(() => this.#begin(message))
    })
  }

  async stop(): Promise<void> {
    this.end(new RevalError('BROKER_FAILED', 'the consumer was stopped; its unended messages come again'))
  }

  /** Ends the consumer: unended messages come again to another one, and ending them here is refused with `reason`. */
  end(reason: RevalError): void {
    if (this.#over !== null) return
    this.#over = reason
    this.#consumer.cancel(true)
    this.#options.onEnd(this)
  }

  #begin(message: Message): void {
    if (this.#over !== null) return
    this.#options.onTaken()
    const delivery = new InProcessDelivery(this.#options.queue, message, () => this.#assertHeld())
    void this.#handle(delivery)
  }

  async #handle(delivery: Delivery): Promise<void> {
    try {
      await this.#options.handler(delivery)
    } catch (error) {
      this.#lose(error)
    }
  }

  #lose(error: unknown): void {
    // After the end a handler fails because it could not end its delivery; that message comes again.
    if (this.#over !== null) return
    this.end(
      new RevalError('BROKER_FAILED', 'the consumer was lost; its unended messages come again', { cause: error }),
    )
    this.#options.onLost(error instanceof Error ? error : asRevalError(error))
  }

  #assertHeld(): void {
    if (this.#over !== null) throw this.#over
  }
}
