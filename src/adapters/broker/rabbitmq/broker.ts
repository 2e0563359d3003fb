import { RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import {
  ANNOUNCEMENTS,
  type Broker,
  type BrokerCapabilities,
  type Consumer,
  type ConsumeOptions,
  type DeadLetter,
  type DeliveryHandler,
  type OutgoingMessage,
  type Queue,
  type QueueDepth,
  type QueueState,
  type Route,
} from '../../../ports/broker.ts'
import { restartingConsumer } from './restarting-consumer.ts'
import { bindingKey, deadLetterName } from '../topology.ts'
import type { RabbitmqConnection } from './connection.ts'
import { RabbitmqConsumer } from './consumer.ts'
import { closed } from './faults.ts'
import { bufferOf, envelopeOf } from './message.ts'
import { ConfirmedPublisher } from './publisher.ts'
import type { Queues } from './queues.ts'
import type { RabbitmqSettings } from './settings.ts'

/** AMQP counts it in 16 bits. */
const MOST_PREFETCH = 65_535
/** AMQP tells how many messages are ready, but not how many other consumers hold. Only the management API does. */
const COUNTED = { isApproximate: false, seesAllDeliveries: false } as const

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
  readonly #connection: RabbitmqConnection
  readonly #queues: Queues
  readonly #publisher: ConfirmedPublisher
  readonly #consumers = new Map<RabbitmqConsumer, Queue>()
  #closing: Promise<void> | null = null

  constructor(options: RabbitmqBrokerOptions, connection: RabbitmqConnection, queues: Queues) {
    this.#options = options
    this.#connection = connection
    this.#queues = queues
    this.#publisher = new ConfirmedPublisher(connection, () => queues.forget())
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const { exchange, routes } = this.#options.topology
    const { key } = routes[route]
    if (key === null) throw new RevalError('INTERNAL', `${route} has no routing key, so it is not a RabbitMQ route`)
    await this.#queues.prepareRoute(route)
    this.#assertOpen()
    signal?.throwIfAborted()
    const mandatory = !ANNOUNCEMENTS.includes(route)
    await this.#publisher.send({ ...envelopeOf(message), exchange, routingKey: key, mandatory }, bufferOf(message.body))
  }

  async consume(queue: Queue, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumer> {
    this.#assertCarried(queue)
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1 || options.prefetch > MOST_PREFETCH) {
      throw new RevalError('INTERNAL', `prefetch must be from 1 to ${MOST_PREFETCH}, got ${options.prefetch}`)
    }
    return restartingConsumer(options, () => this.#begin(queue, options, handler))
  }

  async #begin(queue: Queue, options: ConsumeOptions, handler: DeliveryHandler): Promise<RabbitmqConsumer> {
    const { topology, settings } = this.#options
    await this.#queues.prepareQueue(queue)
    const consumer = await RabbitmqConsumer.begin({
      ...options,
      connection: this.#connection,
      name: topology.queues[queue],
      deliveryLimit: settings.rabbitmqQueueType === 'quorum' ? settings.rabbitmqDeliveryLimit : null,
      handler,
      keepDeadLetter: async (envelope, body) => {
        await this.#queues.prepareQueue(queue)
        const routingKey = deadLetterName(topology, queue)
        await this.#publisher.send({ ...envelope, exchange: '', routingKey }, body)
      },
    })
    this.#consumers.set(consumer, queue)
    void consumer.ended.then((lost) => {
      this.#consumers.delete(consumer)
      // The queue may have been deleted.
      if (lost !== null) this.#queues.forget()
    })
    if (this.#closing === null) return consumer
    await consumer.stop(closed())
    throw closed()
  }

  async depth(queue: Queue): Promise<QueueDepth> {
    this.#assertCarried(queue)
    const { waiting } = await this.#queues.counts(queue)
    return { waiting, unacknowledged: this.#unacknowledged(queue), ...COUNTED }
  }

  #unacknowledged(queue: Queue): number {
    const own = [...this.#consumers].filter(([, consumed]) => consumed === queue)
    return own.reduce((sum, [{ unacknowledged }]) => sum + unacknowledged, 0)
  }

  async queueState(queue: Queue): Promise<QueueState> {
    this.#assertCarried(queue)
    const [counts, deadLetters] = await Promise.all([this.#queues.counts(queue), this.#queues.countDeadLetters(queue)])
    return { ...counts, unacknowledged: this.#unacknowledged(queue), deadLetters, ...COUNTED }
  }

  async countDeadLetters(queue: Queue): Promise<number> {
    this.#assertCarried(queue)
    return this.#queues.countDeadLetters(queue)
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    this.#assertCarried(queue)
    return this.#queues.deadLetters(queue, limit)
  }

  async eachDeadLetter(queue: Queue, visit: (letter: DeadLetter) => void): Promise<void> {
    this.#assertOpen()
    await this.#queues.eachDeadLetter(queue, visit)
  }

  async removeDeadLetters(queue: Queue, ids: readonly string[]): Promise<number> {
    this.#assertCarried(queue)
    return this.#queues.removeDeadLetters(queue, ids)
  }

  async ping(): Promise<void> {
    this.#assertOpen()
    this.#connection.assertNotBlocked()
    // The client waits for a lost connection; readiness does not.
    if (!this.#connection.client.ready) throw this.#connection.loss()
    await this.#connection.withChannel('pinging RabbitMQ', async () => undefined)
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumers.keys()].map((consumer) => consumer.stop(closed())))
    await this.#publisher.close()
    await this.#connection.close()
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
