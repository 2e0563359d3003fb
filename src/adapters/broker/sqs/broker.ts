import { RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import type {
  Broker,
  BrokerCapabilities,
  Consumer,
  ConsumeOptions,
  DeadLetter,
  DeliveryHandler,
  OutgoingMessage,
  Queue,
  QueueDepth,
  QueueState,
  Route,
} from '../../../ports/broker.ts'
import { deadLetterName } from '../topology.ts'
import { closed, SqsConnection } from './connection.ts'
import { SqsConsumer } from './consumer.ts'
import { encodeMessage, sizeOf, type SqsMessage } from './message.ts'
import { queuesOnSqs } from './names.ts'
import { peek, removeFrom, visitAll } from './dead-letter-queue.ts'
import { SqsQueue } from './queue.ts'
import type { SqsSettings } from './settings.ts'

/** Readiness is asked for often, and has to answer soon. */
const PING_MS = 2_000
/** How much longer than a receive may take closing waits. */
const CLOSING_MS = 5_000

export interface SqsBrokerOptions {
  readonly settings: SqsSettings
  readonly topology: Topology
  /** Whether queues are declared when they are first used, or taken as they are. */
  readonly queues: 'declare' | 'passive'
}

interface Queues {
  readonly messages: SqsQueue
  readonly deadLetters: SqsQueue
}

/** Makes no call before it is first used. */
export class SqsBroker implements Broker {
  readonly capabilities: BrokerCapabilities = { keepsMessages: true, exclusive: false }
  readonly #options: SqsBrokerOptions
  readonly #connection: SqsConnection
  readonly #queues: ReadonlyMap<Queue, Queues>
  readonly #consumers = new Set<SqsConsumer>()
  #closing: Promise<void> | null = null

  constructor(options: SqsBrokerOptions) {
    const { settings, topology, queues } = options
    this.#options = options
    const connection = new SqsConnection(settings)
    this.#connection = connection
    const queueOf = (name: string) => new SqsQueue(connection, name, queues === 'declare')
    this.#queues = new Map(
      queuesOnSqs(topology).map((queue) => [
        queue,
        { messages: queueOf(topology.queues[queue]), deadLetters: queueOf(deadLetterName(topology, queue)) },
      ]),
    )
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const encoded = encodeMessage(message)
    this.#assertFits(encoded)
    const { key, queues } = this.#options.topology.routes[route]
    if (key !== null) throw new RevalError('INTERNAL', `${route} needs an exchange, which SQS does not have`)
    await Promise.all(queues.map((queue) => this.#of(queue).messages.send(encoded)))
  }

  async consume(queue: Queue, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumer> {
    this.#assertOpen()
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1) {
      throw new RevalError('INTERNAL', `prefetch must be at least 1, got ${options.prefetch}`)
    }
    const { messages, deadLetters } = this.#of(queue)
    await messages.find()
    // A passive broker needs it only when there is a dead letter.
    if (this.#options.queues === 'declare') await deadLetters.find()
    this.#assertOpen()
    const consumer = new SqsConsumer({
      ...options,
      queue: messages,
      deadLetters,
      settings: this.#options.settings,
      handler,
      onStopped: (stopped) => this.#consumers.delete(stopped),
    })
    this.#consumers.add(consumer)
    return { stop: () => consumer.stop() }
  }

  /** What was given back for a while counts as unacknowledged here until that has passed: SQS does not tell them apart. */
  async depth(queue: Queue): Promise<QueueDepth> {
    this.#assertOpen()
    const count = await this.#of(queue).messages.count()
    return { ...count, isApproximate: true, seesAllDeliveries: true }
  }

  async queueState(queue: Queue): Promise<QueueState> {
    const [depth, deadLetters] = await Promise.all([this.depth(queue), this.countDeadLetters(queue)])
    return { ...depth, deadLetters, consumers: null }
  }

  async countDeadLetters(queue: Queue): Promise<number> {
    this.#assertOpen()
    const { waiting, unacknowledged } = await this.#of(queue).deadLetters.count()
    return waiting + unacknowledged
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    return peek(this.#of(queue).deadLetters, limit)
  }

  async eachDeadLetter(queue: Queue, visit: (letter: DeadLetter) => void): Promise<void> {
    this.#assertOpen()
    await visitAll(this.#of(queue).deadLetters, visit)
  }

  async removeDeadLetters(queue: Queue, ids: readonly string[]): Promise<number> {
    this.#assertOpen()
    return removeFrom(this.#of(queue).deadLetters, ids)
  }

  async ping(): Promise<void> {
    await this.reach(PING_MS)
  }

  /** Rejects when SQS does not answer within so many milliseconds. */
  async reach(limit: number): Promise<void> {
    this.#assertOpen()
    // Every user of a queue may look it up, and it need not exist.
    const [first] = this.#queues.values()
    await first?.messages.lookUp(limit)
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #close(): Promise<void> {
    // A server that does not answer is not waited for much longer than for a receive.
    const timeout = setTimeout(() => this.#connection.close(), this.#options.settings.sqsWaitMs + CLOSING_MS)
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop(closed())))
    clearTimeout(timeout)
    this.#connection.close()
  }

  #of(queue: Queue): Queues {
    const found = this.#queues.get(queue)
    if (found === undefined) throw new RevalError('INTERNAL', `${queue} is not an SQS queue`)
    return found
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw closed()
  }

  #assertFits(message: SqsMessage): void {
    const { sqsMaxMessageBytes } = this.#options.settings
    const size = sizeOf(message)
    if (size <= sqsMaxMessageBytes) return
    throw new RevalError(
      'BROKER_FAILED',
      `a message of ${size} bytes including attributes exceeds REVAL_SQS_MAX_MESSAGE_BYTES=${sqsMaxMessageBytes}: ` +
        'reduce REVAL_MESSAGE_BYTES, or raise the limit if SQS accepts more',
    )
  }
}
