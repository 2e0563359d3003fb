import { setTimeout as pause } from 'node:timers/promises'
import type { AsyncMessage, Channel } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, Delivery } from '../../../ports/broker.ts'
import { ConsumerLife, stopped } from '../consumer-life.ts'
import { RabbitmqDelivery, type DeliveryHolder } from './delivery.ts'
import { findQueue } from './declaring.ts'
import { brokerFault } from './faults.ts'
import { inTime } from './in-time.ts'
import type { Link } from './link.ts'

/** A consumer that was stopped is gone from a quorum queue a moment after its channel. */
const LEAVING_MS = 1_000
const LOOK_MS = 25

export interface SubscriptionOptions extends Pick<ConsumeOptions, 'prefetch' | 'exclusive'> {
  readonly onLost: (error: Error) => void
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
  readonly #life: ConsumerLife
  /** What came before it was certain that nobody else consumes; null once it is. */
  #early: AsyncMessage[] | null = []
  #released: Promise<void> | null = null
  #unended = 0
  /** What the server said when it closed the channel. */
  #refusal: unknown = null

  private constructor(options: SubscriptionOptions, channel: Channel) {
    this.#options = options
    this.#channel = channel
    this.#life = new ConsumerLife({ ...options, of: options.name, end: (reason) => void this.end(reason) })
    channel.on('error', (error: unknown) => (this.#refusal = error))
    // The connection tells why it was lost just after its channels were closed.
    channel.once('close', () => setImmediate(() => this.#life.lose(this.#closedBecause())))
    channel.once('basic.cancel', () => {
      this.#life.lose(new RevalError('BROKER_FAILED', `RabbitMQ cancelled it: was queue ${options.name} deleted?`))
    })
  }

  /** Begins to consume. Rejects BROKER_FAILED, and then leaves nothing open. */
  static async begin(options: SubscriptionOptions): Promise<Subscription> {
    const { link, name, prefetch, exclusive = false } = options
    const doing = `consuming ${name}`
    const channel = await link.channel(doing)
    const subscription = new Subscription(options, channel)
    try {
      await inTime(channel.basicQos({ prefetchCount: prefetch }), doing)
      if (exclusive) await subscription.#untilFree()
      await inTime(
        channel.basicConsume({ queue: name, exclusive }, (message) => subscription.#begin(message)),
        doing,
      )
      // Two may have found it free at the same time. Then both see the other now, and step back.
      if (exclusive && (await subscription.#consumers()) > 1) throw subscription.#taken()
      subscription.#beginEarly()
      return subscription
    } catch (error) {
      const fault = brokerFault(error, doing)
      await subscription.end(fault)
      throw fault
    }
  }

  /** How many deliveries were begun and not ended. */
  get unended(): number {
    return this.#life.isOver ? 0 : this.#unended
  }

  async stop(): Promise<void> {
    await this.end(stopped())
  }

  /** Ends the consumer: unended messages come again to another one, and ending them here is refused with `reason`. */
  async end(reason: RevalError): Promise<void> {
    if (this.#life.finish(reason)) this.#options.onEnd(this)
    this.#released ??= this.#options.link.release(this.#channel)
    await this.#released
  }

  /**
   * A quorum queue lets exclusive consumers in beside others, so its consumers are counted before: to consume and step
   * back would cost its messages a delivery each time.
   */
  async #untilFree(): Promise<void> {
    const end = performance.now() + LEAVING_MS
    while ((await this.#consumers()) > 0) {
      if (performance.now() > end) throw this.#taken()
      await pause(LOOK_MS)
    }
  }

  async #consumers(): Promise<number> {
    const { name } = this.#options
    const doing = `counting the consumers of ${name}`
    const { consumerCount } = await inTime(findQueue(this.#channel, name, `queue ${name}`), doing)
    return consumerCount
  }

  #taken(): RevalError {
    const message = `queue ${this.#options.name} has another consumer, which must end first`
    return new RevalError('BROKER_FAILED', message, { transient: true })
  }

  #beginEarly(): void {
    const early = this.#early ?? []
    this.#early = null
    for (const message of early) this.#begin(message)
  }

  #begin(message: AsyncMessage): void {
    // What comes after the end was on its way; it goes back with the channel.
    if (this.#life.isOver) return
    if (this.#early !== null) {
      this.#early.push(message)
      return
    }
    this.#unended += 1
    const delivery = new RabbitmqDelivery(message, {
      channel: this.#channel,
      assertHeld: () => this.#life.assertHeld(),
      onEnd: () => (this.#unended -= 1),
      keepCopy: this.#options.keepCopy,
    })
    void this.#life.handle(delivery)
  }

  #closedBecause(): RevalError {
    if (this.#refusal === null) return this.#options.link.loss()
    return brokerFault(this.#refusal, `consuming ${this.#options.name}`)
  }
}
