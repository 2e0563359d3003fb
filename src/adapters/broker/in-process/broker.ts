import { Broker as Driver } from 'smqp'
import { maskedReason } from '../../../errors/masked.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import {
  ANNOUNCEMENTS,
  QUEUES,
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
import type { Clock } from '../../../ports/clock.ts'
import { checkAttributes } from '../attributes.ts'
import { bindingKey, checkTopology, deadLetterName } from '../topology.ts'
import { MessageQueue } from './message-queue.ts'
import { copyOf, type Size, type StoredMessage } from './message.ts'
import { InProcessConsumer } from './consumer.ts'

const MEBIBYTE = 2 ** 20
const COUNTED = { isApproximate: false, seesAllDeliveries: true } as const

export interface InProcessBrokerOptions {
  readonly topology: Topology
  readonly clock: Clock
  /** How many dead letters a queue keeps, the newest always; 1,000 messages or 16 MiB unless said otherwise. */
  readonly deadLetterLimit?: Partial<Size>
  /** Called with a dead letter that was dropped for a newer one; by default a warning of the process. */
  readonly onDeadLetterDropped?: (queue: Queue, letter: DeadLetter) => void
}

/** Opens a broker inside this process. Throws CONFIG_INVALID where the topology loses or mixes messages. */
export function openInProcessBroker(options: InProcessBrokerOptions): Broker {
  checkTopology(options.topology)
  return new InProcessBroker(options)
}

/** Messages live in memory and end with the process; runs in progress then restart. */
class InProcessBroker implements Broker {
  readonly capabilities: BrokerCapabilities = { keepsMessages: false, exclusive: true }
  readonly #driver = new Driver()
  readonly #topology: Topology
  readonly #clock: Clock
  readonly #queues: ReadonlyMap<Queue, MessageQueue>
  readonly #consumers = new Set<InProcessConsumer>()
  /** The queues that have an exclusive consumer. */
  readonly #taken = new Set<Queue>()
  readonly #closing = new AbortController()

  constructor(options: InProcessBrokerOptions) {
    this.#topology = options.topology
    this.#clock = options.clock
    this.#driver.assertExchange(options.topology.exchange, 'direct', { autoDelete: false })
    this.#queues = new Map(QUEUES.map((queue) => [queue, this.#declare(queue, options)]))
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    this.#assertOpen()
    signal?.throwIfAborted()
    checkAttributes(message.attributes)
    this.#send(route, { ...copyOf(message), sentAt: this.#clock.now() })
  }

  async consume(queue: Queue, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumer> {
    this.#assertOpen()
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1) {
      throw new RevalError('INTERNAL', `prefetch must be at least 1, got ${options.prefetch}`)
    }
    const { exclusive = false } = options
    if (exclusive && this.#taken.has(queue)) {
      throw new RevalError('BROKER_FAILED', `${queue} already has an exclusive consumer`, { transient: true })
    }
    this.#bind(queue)
    const consumer = new InProcessConsumer({
      ...options,
      queue: this.#queue(queue),
      clock: this.#clock,
      handler,
      onEnd: (ended) => {
        this.#consumers.delete(ended)
        if (exclusive) this.#taken.delete(queue)
      },
    })
    this.#consumers.add(consumer)
    if (exclusive) this.#taken.add(queue)
    return consumer
  }

  async depth(queue: Queue): Promise<QueueDepth> {
    this.#assertOpen()
    return { ...this.#queue(queue).depth, ...COUNTED }
  }

  async queueState(queue: Queue): Promise<QueueState> {
    this.#assertOpen()
    const { depth, deadLetterCount, consumers } = this.#queue(queue)
    return { ...depth, deadLetters: deadLetterCount, consumers, ...COUNTED }
  }

  async countDeadLetters(queue: Queue): Promise<number> {
    this.#assertOpen()
    return this.#queue(queue).deadLetterCount
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    return this.#queue(queue).deadLetters(limit)
  }

  async eachDeadLetter(queue: Queue, visit: (letter: DeadLetter) => void): Promise<void> {
    this.#assertOpen()
    for (const letter of this.#queue(queue).deadLetters(Infinity)) visit(letter)
  }

  async removeDeadLetters(queue: Queue, ids: readonly string[]): Promise<number> {
    this.#assertOpen()
    return this.#queue(queue).removeDeadLetters(ids)
  }

  async ping(): Promise<void> {
    this.#assertOpen()
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    for (const consumer of this.#consumers) consumer.end(closed())
    this.#driver.reset()
  }

  #declare(queue: Queue, options: InProcessBrokerOptions): MessageQueue {
    const { topology, clock, deadLetterLimit, onDeadLetterDropped = warnOfDropped } = options
    const name = topology.queues[queue]
    const declared = this.#driver.assertQueue(name, { autoDelete: false })
    if (!ANNOUNCEMENTS.some((route) => topology.routes[route].queues.includes(queue))) this.#bind(queue)
    return new MessageQueue({
      queue: declared,
      clock,
      deadLetters: this.#driver.assertQueue(deadLetterName(topology, queue), { autoDelete: false }),
      deadLetterLimit: { messages: 1_000, bytes: 16 * MEBIBYTE, ...deadLetterLimit },
      onDeadLetterDropped: (letter) => onDeadLetterDropped(queue, letter),
    })
  }

  /** Has no effect on a queue that is bound already, or needs no binding. */
  #bind(queue: Queue): void {
    const key = bindingKey(this.#topology, queue)
    if (key !== null) this.#driver.bindQueue(this.#topology.queues[queue], this.#topology.exchange, key)
  }

  #send(route: Route, message: StoredMessage): void {
    const { key, queues } = this.#topology.routes[route]
    if (key !== null) this.#driver.publish(this.#topology.exchange, key, message)
    else for (const queue of queues) this.#driver.sendToQueue(this.#topology.queues[queue], message)
  }

  #queue(queue: Queue): MessageQueue {
    const found = this.#queues.get(queue)
    if (found === undefined) throw new RevalError('INTERNAL', `unknown queue: ${queue}`)
    return found
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw closed()
  }
}

function closed(): RevalError {
  return new RevalError('BROKER_CLOSED', 'the broker is closed')
}

function warnOfDropped(queue: Queue, { code, reason }: DeadLetter): void {
  const said = maskedReason(code, reason)
  process.emitWarning(`Dropped the oldest dead letter of ${queue} for a newer one: ${code}: ${said}`, {
    code: 'DEAD_LETTER_DROPPED',
  })
}
