import { setTimeout as pause } from 'node:timers/promises'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import type {
  Broker,
  BrokerCapabilities,
  Consumer,
  ConsumeOptions,
  DeadLetter,
  Delivery,
  OutgoingMessage,
  Queue,
  Route,
} from '../../../ports/broker.ts'
import { restartingConsumer } from '../restarting-consumer.ts'
import { deadLetterName } from '../topology.ts'
import { QueueAddresses, queuesOnSqs } from './addresses.ts'
import { closed, SqsConnection } from './connection.ts'
import { encodeMessage } from './message.ts'
import { SqsQueue } from './queue.ts'
import { Sender } from './sender.ts'
import type { SqsSettings } from './settings.ts'
import { Subscription } from './subscription.ts'

/** Readiness wants to know at once. */
const PING_MS = 2_000
/** How much longer than a receive takes closing waits for what is under way. */
const CLOSING_MS = 5_000

export interface SqsBrokerOptions {
  readonly settings: SqsSettings
  readonly topology: Topology
  /** Whether queues are declared when they are first used, or taken as they are. */
  readonly queues: 'declare' | 'passive'
}

/** Opens nothing by itself before it is first used. */
export class SqsBroker implements Broker {
  readonly capabilities: BrokerCapabilities = { keepsMessages: true, exclusive: false }
  readonly #options: SqsBrokerOptions
  readonly #connection: SqsConnection
  readonly #addresses: QueueAddresses
  readonly #queues: ReadonlyMap<Queue, SqsQueue>
  readonly #senders: ReadonlyMap<Queue, Sender>
  readonly #subscriptions = new Set<Subscription>()
  #closing: Promise<void> | null = null

  constructor(options: SqsBrokerOptions) {
    const { settings, topology, queues } = options
    this.#options = options
    const connection = new SqsConnection(settings)
    const addresses = new QueueAddresses(connection, queues)
    const carried = queuesOnSqs(topology)
    this.#connection = connection
    this.#addresses = addresses
    this.#queues = new Map(
      carried.map((queue) => [
        queue,
        new SqsQueue(connection, addresses, topology.queues[queue], deadLetterName(topology, queue)),
      ]),
    )
    this.#senders = new Map(
      carried.map((queue) => [queue, new Sender({ connection, addresses, name: topology.queues[queue] })]),
    )
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const encoded = encodeMessage(message)
    const { key, queues } = this.#options.topology.routes[route]
    if (key !== null) throw new RevalError('INTERNAL', `${route} needs an exchange, which SQS does not have`)
    await Promise.all(queues.map((queue) => carried(this.#senders.get(queue), queue).send(encoded, signal)))
  }

  async consume(
    queue: Queue,
    options: ConsumeOptions,
    handler: (delivery: Delivery) => void | Promise<void>,
  ): Promise<Consumer> {
    this.#assertOpen()
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1) {
      throw new RevalError('INTERNAL', `prefetch must be at least 1, got ${options.prefetch}`)
    }
    return restartingConsumer(options, (onLost) => this.#begin(queue, options, handler, onLost))
  }

  async #begin(
    queue: Queue,
    options: ConsumeOptions,
    handler: (delivery: Delivery) => void | Promise<void>,
    onLost: (error: Error) => void,
  ): Promise<Consumer> {
    const found = carried(this.#queues.get(queue), queue)
    await this.#addresses.find(found.name)
    // Elsewhere it has to be there only when a letter is written.
    if (this.#options.queues === 'declare') await this.#addresses.find(found.deadLetterName)
    this.#assertOpen()
    const subscription = new Subscription({
      ...options,
      onLost,
      queue: found,
      visibilityMs: this.#options.settings.sqsVisibilityMs,
      handler,
      onEnd: (ended) => this.#subscriptions.delete(ended),
    })
    this.#subscriptions.add(subscription)
    return subscription
  }

  /** What was given back for a while counts as unended here until that has passed: SQS tells no difference. */
  async depth(queue: Queue): Promise<{ readonly waiting: number; readonly unended: number }> {
    this.#assertOpen()
    return carried(this.#queues.get(queue), queue).depth()
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    return carried(this.#queues.get(queue), queue).deadLetters(limit)
  }

  async ping(): Promise<void> {
    await this.reach(PING_MS)
  }

  /** Rejects when SQS does not answer within so many milliseconds. */
  async reach(deadline: number): Promise<void> {
    this.#assertOpen()
    // To look for a queue is what every user of it may do, and there need not be one.
    const [first] = this.#queues.values()
    await this.#addresses.lookUp(first?.name ?? 'reval', deadline)
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #close(): Promise<void> {
    for (const sender of this.#senders.values()) sender.end(closed())
    const inTime = new AbortController()
    const ending = Promise.all([...this.#subscriptions].map((each) => each.end(closed())))
    const timeout = pause(this.#options.settings.sqsWaitMs + CLOSING_MS, null, { signal: inTime.signal })
    await Promise.race([ending, timeout])
    inTime.abort()
    await timeout.catch(() => null)
    this.#connection.close()
    await ending
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw closed()
  }
}

function carried<T>(found: T | undefined, queue: Queue): T {
  if (found === undefined) throw new RevalError('INTERNAL', `${queue} is not an SQS queue`)
  return found
}
