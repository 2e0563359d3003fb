import type { AsyncMessage, Channel } from 'rabbitmq-client'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, Delivery } from '../../../ports/broker.ts'
import { RabbitmqDelivery, type DeliveryHolder } from './delivery.ts'
import { brokerFault, reasonOf } from './faults.ts'
import { inTime } from './in-time.ts'
import type { Link } from './link.ts'

export interface SubscriptionOptions extends ConsumeOptions {
  readonly link: Link
  /** The queue's name at the broker. */
  readonly name: string
  readonly handler: (delivery: Delivery) => void | Promise<void>
  readonly keepCopy: DeliveryHolder['keepCopy']
  /** Told once, however the consumer ends. */
  readonly onEnd: (subscription: Subscription) => void
}

/** A consumer of one queue, on a channel of its own: closing that gives back whatever it had not ended. */
export class Subscription implements Consumer {
  readonly #options: SubscriptionOptions
  readonly #channel: Channel
  /** What ends of deliveries are refused with; null while the consumer holds its deliveries. */
  #over: RevalError | null = null
  #released: Promise<void> | null = null
  #unended = 0
  /** What the server said when it closed the channel. */
  #refusal: unknown = null

  private constructor(options: SubscriptionOptions, channel: Channel) {
    this.#options = options
    this.#channel = channel
    channel.on('error', (error: unknown) => (this.#refusal = error))
    // The connection tells why it was lost just after its channels were closed.
    channel.once('close', () => setImmediate(() => this.#lose(this.#closedBecause())))
    channel.once('basic.cancel', () => {
      this.#lose(new RevalError('BROKER_FAILED', `RabbitMQ ended it: is queue ${options.name} gone?`))
    })
  }

  /** Begins to consume. Rejects BROKER_FAILED, and then leaves nothing open. */
  static async begin(options: SubscriptionOptions): Promise<Subscription> {
    const { link, name, prefetch } = options
    const doing = `consuming ${name}`
    const channel = await link.channel(doing)
    const subscription = new Subscription(options, channel)
    try {
      await inTime(channel.basicQos({ prefetchCount: prefetch }), doing)
      await inTime(
        channel.basicConsume({ queue: name }, (message) => subscription.#begin(message)),
        doing,
      )
      return subscription
    } catch (error) {
      const fault = brokerFault(error, doing)
      await subscription.end(fault)
      throw fault
    }
  }

  /** How many deliveries were begun and not ended. */
  get unended(): number {
    return this.#over === null ? this.#unended : 0
  }

  async stop(): Promise<void> {
    await this.end(new RevalError('BROKER_FAILED', 'the consumer was stopped; its unended messages come again'))
  }

  /** Ends the consumer: unended messages come again to another one, and ending them here is refused with `reason`. */
  async end(reason: RevalError): Promise<void> {
    if (this.#over === null) {
      this.#over = reason
      this.#options.onEnd(this)
    }
    this.#released ??= this.#options.link.release(this.#channel)
    await this.#released
  }

  #begin(message: AsyncMessage): void {
    // What comes after the end was on its way; it goes back with the channel.
    if (this.#over !== null) return
    this.#unended += 1
    const delivery = new RabbitmqDelivery(message, {
      channel: this.#channel,
      assertHeld: () => this.#assertHeld(),
      onEnd: () => (this.#unended -= 1),
      keepCopy: this.#options.keepCopy,
    })
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
    const message = `the consumer of ${this.#options.name} was lost; its unended messages come again: ${reasonOf(error)}`
    void this.end(new RevalError('BROKER_FAILED', message, { cause: error, transient: true }))
    this.#options.onLost(error instanceof Error ? error : asRevalError(error))
  }

  #closedBecause(): RevalError {
    if (this.#refusal === null) return this.#options.link.loss()
    return brokerFault(this.#refusal, `consuming ${this.#options.name}`)
  }

  #assertHeld(): void {
    if (this.#over !== null) throw this.#over
  }
}
