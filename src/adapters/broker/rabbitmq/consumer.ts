import { setTimeout as pause } from 'node:timers/promises'
import type { AsyncMessage, Channel, Envelope } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, DeliveryHandler } from '../../../ports/broker.ts'
import { DeliveryHolder } from '../held-delivery.ts'
import { withTimeout, type RabbitmqConnection } from './connection.ts'
import { findQueue } from './declaring.ts'
import { attributesOf, bodyOf, deadCopy, deliveriesOf, sentAtOf } from './message.ts'

/** A consumer that was stopped is gone from a quorum queue a moment after its channel. */
const LEAVING_MS = 1_000
const LOOK_MS = 25
/** How long until a message that could not be moved to the dead letters is delivered again. */
const DEAD_LETTER_PAUSE_MS = 5_000

export interface RabbitmqConsumerOptions extends ConsumeOptions {
  readonly connection: RabbitmqConnection
  /** The queue's name at the broker. */
  readonly name: string
  /** A message that was delivered more often is put aside when it is given back; null for no limit. */
  readonly deliveryLimit: number | null
  readonly handler: DeliveryHandler
  /** Resolves when the copy is safe among the dead letters. */
  readonly keepDeadLetter: (envelope: Envelope, body: Buffer) => Promise<void>
}

/**
 * A consumer of one queue, on a channel of its own: closing that gives back whatever it had not ended, all at once and
 * before anybody else gets a message. (The client's own consumer cancels first and then gives back one by one.)
 */
export class RabbitmqConsumer implements Consumer {
  readonly #options: RabbitmqConsumerOptions
  readonly #channel: Channel
  readonly #holder: DeliveryHolder
  /** Resolved once it is certain that there is no other consumer: what comes before waits. */
  readonly #admitted = Promise.withResolvers<null>()
  readonly #ended = Promise.withResolvers<RevalError | null>()
  #unacknowledged = 0
  #released: Promise<void> | null = null
  /** What the server said when it closed the channel. */
  #refusal: unknown = null

  private constructor(options: RabbitmqConsumerOptions, channel: Channel) {
    const { connection, name, handler } = options
    this.#options = options
    this.#channel = channel
    this.#holder = new DeliveryHolder(handler, options)
    channel.on('error', (error: unknown) => (this.#refusal = error))
    // The connection tells why it was lost just after its channels were closed.
    channel.once('close', () =>
      setImmediate(() => {
        const refusal = this.#refusal
        this.#lose(refusal === null ? connection.loss() : connection.faultOf(refusal, `consuming ${name}`))
      }),
    )
    channel.once('basic.cancel', () => {
      this.#lose(new RevalError('BROKER_FAILED', `RabbitMQ cancelled the consumer of ${name}: was the queue deleted?`))
    })
  }

  /** Begins to consume. Rejects BROKER_FAILED, and then leaves nothing open. */
  static async begin(options: RabbitmqConsumerOptions): Promise<RabbitmqConsumer> {
    const { connection, name, prefetch, exclusive = false } = options
    const doing = `consuming ${name}`
    const channel = await connection.channel(doing)
    const consumer = new RabbitmqConsumer(options, channel)
    try {
      await withTimeout(channel.basicQos({ prefetchCount: prefetch }), doing)
      if (exclusive) await consumer.#untilFree()
      const consuming = channel.basicConsume({ queue: name, exclusive }, (message) => void consumer.#receive(message))
      await withTimeout(consuming, doing)
      // Two may have found it free at the same time. Then both see the other now, and step back.
      if (exclusive && (await consumer.#consumers()) > 1) throw consumer.#taken()
      consumer.#admitted.resolve(null)
      return consumer
    } catch (error) {
      const fault = connection.faultOf(error, doing)
      await consumer.stop(fault)
      throw fault
    }
  }

  /** Resolves when the consumer ends: with the reason if the broker ended it, with null if it was stopped here. */
  get ended(): Promise<RevalError | null> {
    return this.#ended.promise
  }

  /** How many deliveries were begun and not ended, those that are given back later among them. */
  get unacknowledged(): number {
    return this.#holder.isOver ? 0 : this.#unacknowledged
  }

  /** Unended messages come again to another consumer, and ending them here is refused with `reason`. */
  async stop(reason?: RevalError): Promise<void> {
    this.#holder.stop(reason)
    this.#ended.resolve(null)
    this.#released ??= this.#options.connection.release(this.#channel)
    await this.#released
  }

  #lose(error: RevalError): void {
    this.#ended.resolve(error)
    const message = `the consumer was interrupted; its unacknowledged messages are redelivered: ${error.message}`
    void this.stop(new RevalError('BROKER_FAILED', message, { cause: error, transient: true }))
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
    const finding = findQueue(this.#channel, name, `queue ${name}`)
    return (await withTimeout(finding, `counting the consumers of ${name}`)).consumerCount
  }

  #taken(): RevalError {
    const message = `queue ${this.#options.name} has another consumer, which must end first`
    return new RevalError('BROKER_FAILED', message, { transient: true })
  }

  async #receive(message: AsyncMessage): Promise<void> {
    await this.#admitted.promise
    this.#unacknowledged += 1
    const { deliveryLimit } = this.#options
    const received = {
      body: bodyOf(message),
      attributes: attributesOf(message),
      deliveries: deliveriesOf(message),
      sentAt: sentAtOf(message),
    }
    const deadLetter = (code: string, reason: string) => this.#deadLetter(message, received.body, { code, reason })
    // What comes after the end was on its way; it goes back with the channel.
    void this.#holder.deliver(received, {
      acknowledge: () => this.#acknowledge(message),
      giveBack: (delay) =>
        deliveryLimit !== null && received.deliveries > deliveryLimit
          ? deadLetter('MESSAGE_HANDLER_FAILED', `delivery limit of ${deliveryLimit} reached without acknowledgement`)
          : this.#requeue(message, delay),
      deadLetter,
    })
  }

  /** First the copy, then the end: a crash between the two leaves both. */
  async #deadLetter(message: AsyncMessage, body: Buffer, why: { code: string; reason: string }): Promise<void> {
    try {
      await this.#options.keepDeadLetter(deadCopy(message, { ...why, at: Date.now() }), body)
    } catch (error) {
      // It must not stay with this consumer indefinitely: a delivery is ended once.
      this.#requeue(message, DEAD_LETTER_PAUSE_MS)
      throw error
    }
    this.#acknowledge(message)
  }

  /**
   * AMQP cannot give a message back for a while: it is held until then. Where the consumer ends before, it goes back with
   * the channel.
   */
  #requeue(message: AsyncMessage, delay: number): void {
    const requeue = () =>
      this.#end('requeueing', () => this.#channel.basicNack({ deliveryTag: message.deliveryTag, requeue: true }))
    // A channel that closes meanwhile takes the message along.
    if (delay > 0) setTimeout(() => this.#channel.active && requeue(), delay).unref()
    else requeue()
  }

  #acknowledge(message: AsyncMessage): void {
    this.#end('acknowledging', () => this.#channel.basicAck({ deliveryTag: message.deliveryTag }))
  }

  #end(doing: string, end: () => void): void {
    this.#holder.assertHeld()
    this.#unacknowledged -= 1
    try {
      end()
    } catch (error) {
      const { connection } = this.#options
      throw connection.faultOf(error, `${doing} a message, which will be redelivered`)
    }
  }
}
