import type { Envelope } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import {
  ROUTES,
  type Broker,
  type BrokerCapabilities,
  type Consumer,
  type ConsumeOptions,
  type DeadLetter,
  type Delivery,
  type OutgoingMessage,
  type Queue,
  type Route,
} from '../../../ports/broker.ts'
import { restartingConsumer } from '../restarting-consumer.ts'
import { bindingKey, deadLetterName } from '../topology.ts'
import { ConfirmedChannel } from './confirmed-channel.ts'
import { readDeadLetters } from './dead-letters.ts'
import { closed } from './faults.ts'
import type { Link } from './link.ts'
import { retryName } from './queue-arguments.ts'
import type { Queues } from './queues.ts'
import { SendingLine } from './sending-line.ts'
import type { RabbitmqSettings } from './settings.ts'
import { Subscription } from './subscription.ts'

/** AMQP counts it in 16 bits. */
const MOST_PREFETCH = 65_535

export interface RabbitmqBrokerOptions {
  readonly settings: RabbitmqSettings
  readonly topology: Topology
  /** Whether exchange and queues are declared, or taken as they are. */
  readonly queues: 'declare' | 'passive'
  /** 10 seconds unless said otherwise. */
  readonly connectTimeoutMs?: number
}

/** Commands and trainees over RabbitMQ, for the routes that have a key. */
export class RabbitmqBroker implements Broker {
  readonly capabilities: BrokerCapabilities = { keepsMessages: true, exclusive: true }
  readonly #options: RabbitmqBrokerOptions
  readonly #link: Link
  readonly #queues: Queues
  readonly #channels: readonly ConfirmedChannel[]
  readonly #lines: ReadonlyMap<Route, SendingLine>
  /** What is given back for later, and dead letters: never held up by senders. */
  readonly #copies: ConfirmedChannel
  readonly #subscriptions = new Map<Subscription, Queue>()
  #reading: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | null = null

  constructor(options: RabbitmqBrokerOptions, link: Link, queues: Queues) {
    this.#options = options
    this.#link = link
    this.#queues = queues
    const lines = ROUTES.flatMap((route) => this.#lineOf(route))
    this.#copies = new ConfirmedChannel(link, 'republishing a message', () => queues.forget())
    this.#lines = new Map(lines.map(({ route, line }) => [route, line]))
    this.#channels = [...lines.map(({ channel }) => channel), this.#copies]
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    this.#assertOpen()
    const line = this.#lines.get(route)
    if (line === undefined)
      throw new RevalError('INTERNAL', `${route} has no routing key, so it is not a RabbitMQ route`)
    await line.enter(message, signal)
  }

  async consume(
    queue: Queue,
    options: ConsumeOptions,
    handler: (delivery: Delivery) => void | Promise<void>,
  ): Promise<Consumer> {
    this.#assertCarried(queue)
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1 || options.prefetch > MOST_PREFETCH) {
      throw new RevalError('INTERNAL', `prefetch must be from 1 to ${MOST_PREFETCH}, got ${options.prefetch}`)
    }
    return restartingConsumer(options, (onLost) => this.#begin(queue, options, handler, onLost))
  }

  async #begin(
    queue: Queue,
    options: ConsumeOptions,
    handler: (delivery: Delivery) => void | Promise<void>,
    onLost: (error: Error) => void,
  ): Promise<Consumer> {
    await this.#queues.prepareQueue(queue)
    const subscription = await Subscription.begin({
      ...options,
      link: this.#link,
      name: this.#options.topology.queues[queue],
      handler,
      keepCopy: (kind, envelope, body) => this.#keepCopy(queue, kind, envelope, body),
      onEnd: (ended) => this.#subscriptions.delete(ended),
      onLost: (error) => {
        // It may have been lost because the queue is gone.
        this.#queues.forget()
        onLost(error)
      },
    })
    this.#subscriptions.set(subscription, queue)
    if (this.#closing === null) return subscription
    await subscription.end(closed())
    throw closed()
  }

  /** Unended are those of this broker's own consumers: AMQP does not tell of others. */
  async depth(queue: Queue): Promise<{ readonly waiting: number; readonly unended: number }> {
    this.#assertCarried(queue)
    const waiting = await this.#queues.waiting(queue)
    const own = [...this.#subscriptions].filter(([, consumed]) => consumed === queue)
    return { waiting, unended: own.reduce((sum, [{ unended }]) => sum + unended, 0) }
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    this.#assertCarried(queue)
    await this.#queues.prepareQueue(queue)
    // One after the other: two readers would hide letters from each other.
    const name = deadLetterName(this.#options.topology, queue)
    const reading = this.#reading.then(() => readDeadLetters(this.#link, name, limit))
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async ping(): Promise<void> {
    this.#assertOpen()
    this.#link.assertReady()
    await this.#queues.probe()
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #close(): Promise<void> {
    for (const line of this.#lines.values()) line.close(closed())
    await Promise.all([...this.#subscriptions.keys()].map((subscription) => subscription.end(closed())))
    await Promise.all([...this.#channels, this.#queues].map((open) => open.close()))
    await this.#link.close()
  }

  #lineOf(route: Route): { route: Route; line: SendingLine; channel: ConfirmedChannel }[] {
    const { topology } = this.#options
    const { key } = topology.routes[route]
    if (key === null) return []
    const channel = new ConfirmedChannel(this.#link, `publishing ${route}`, () => this.#queues.forget())
    const line = new SendingLine({
      channel,
      destination: { exchange: topology.exchange, routingKey: key },
      prepare: () => this.#queues.prepareRoute(route),
    })
    return [{ route, line, channel }]
  }

  async #keepCopy(queue: Queue, kind: 'retry' | 'deadLetters', envelope: Envelope, body: Buffer): Promise<void> {
    const { topology } = this.#options
    await this.#queues.prepareQueue(queue)
    const routingKey = kind === 'retry' ? retryName(topology, queue) : deadLetterName(topology, queue)
    await this.#copies.send(await this.#copies.ready(), { ...envelope, exchange: '', routingKey }, body)
  }

  #assertCarried(queue: Queue): void {
    this.#assertOpen()
    if (bindingKey(this.#options.topology, queue) === null) {
      throw new RevalError('INTERNAL', `${queue} has no routing key, so it is not a RabbitMQ queue`)
    }
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw closed()
  }
}
