import type { Consumer as DriverConsumer, Message } from 'smqp'
import type { RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, DeliveryHandler } from '../../../ports/broker.ts'
import type { Clock } from '../../../ports/clock.ts'
import { DeliveryHolder } from '../held-delivery.ts'
import { contentOf, copyOf, countDelivery } from './message.ts'
import type { MessageQueue } from './message-queue.ts'

export interface InProcessConsumerOptions extends ConsumeOptions {
  readonly queue: MessageQueue
  readonly clock: Clock
  readonly handler: DeliveryHandler
  /** Told once, when the consumer ends. */
  readonly onEnd: (consumer: InProcessConsumer) => void
}

/** A consumer of one queue. */
export class InProcessConsumer implements Consumer {
  readonly #options: InProcessConsumerOptions
  readonly #consumer: DriverConsumer
  readonly #holder: DeliveryHolder
  /** Ends the pauses of what was given back for later. */
  readonly #stopping = new AbortController()

  constructor(options: InProcessConsumerOptions) {
    this.#options = options
    this.#holder = new DeliveryHolder(options.handler, options)
    this.#consumer = options.queue.consume(options.prefetch, (message) => {
      // A turn of its own for each: a sender is never inside the work of its receiver, and a long chain of messages
      // lets timers and requests through.
      setImmediate(() => this.#begin(message))
    })
  }

  async stop(): Promise<void> {
    this.end()
  }

  /** Ends the consumer: unacknowledged messages come again to another one, and ending them here is refused with `reason`. */
  end(reason?: RevalError): void {
    if (this.#holder.isOver) return
    this.#holder.stop(reason)
    this.#stopping.abort()
    this.#consumer.cancel(true)
    this.#options.onEnd(this)
  }

  #begin(message: Message): void {
    if (this.#holder.isOver) return
    const { queue } = this.#options
    // A copy: what a receiver does to it, the next one does not see.
    const content = contentOf(message)
    const copy = { ...copyOf(content), deliveries: countDelivery(message), sentAt: content.sentAt }
    void this.#holder.deliver(copy, {
      acknowledge: () => message.ack(),
      giveBack: (delay) => void this.#requeue(message, delay),
      deadLetter: (code, reason) => queue.deadLetter(message, code, reason),
    })
  }

  /** A consumer that stops meanwhile gives the message back with the others that it holds. */
  async #requeue(message: Message, delay: number): Promise<void> {
    if (delay > 0) await this.#options.clock.wait(delay, this.#stopping.signal)
    if (!this.#holder.isOver) message.nack(false, true)
  }
}
