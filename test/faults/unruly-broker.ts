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
  type QueueDepth,
  type QueueState,
  type Route,
} from '../../src/ports/broker.ts'
import { Chance } from './chance.ts'
import { HeldMessages } from './held-messages.ts'

export interface Unruliness {
  /** The same seed and the same calls in the same order give the same faults. */
  readonly seed: number
  /** The routes whose messages are doubled, held back and delivered again; all unless said otherwise. */
  readonly routes?: readonly Route[]
  /** How often a message is sent twice, from 0 to 1. */
  readonly doubled?: number
  /** How often a message (or one of the two) is held back so that later ones overtake it, from 0 to 1. */
  readonly heldBack?: number
  /** How often the first acknowledgement of a message gets lost, so that it is delivered again, from 0 to 1. */
  readonly unacknowledged?: number
}

/**
 * A broker around another that does what brokers may do: messages come twice and in another order, the end message of
 * a sender among them. None is lost: what is held back follows, at the latest when the senders pause.
 */
export class UnrulyBroker implements Broker {
  readonly capabilities: BrokerCapabilities
  readonly #broker: Broker
  readonly #routes: readonly Route[]
  readonly #odds: { readonly doubled: number; readonly heldBack: number; readonly unacknowledged: number }
  /** One for senders and one for receivers: which of them comes first is not always the same. */
  readonly #sending: Chance
  readonly #ending: Chance
  readonly #held: HeldMessages

  constructor(broker: Broker, { seed, routes = ROUTES, doubled, heldBack, unacknowledged }: Unruliness) {
    this.capabilities = broker.capabilities
    this.#broker = broker
    this.#routes = routes
    this.#odds = { doubled: doubled ?? 0.2, heldBack: heldBack ?? 0.3, unacknowledged: unacknowledged ?? 0.1 }
    this.#sending = new Chance(seed)
    this.#ending = new Chance(seed + 1)
    this.#held = new HeldMessages(broker, new Chance(seed + 2))
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (!this.#routes.includes(route)) {
      await this.#broker.publish(route, message, signal)
      return
    }
    const copies = this.#sending.happens(this.#odds.doubled) ? 2 : 1
    // Decided before anything is awaited: how fast the broker accepts must not change what comes next.
    const holding = Array.from({ length: copies }, () => this.#sending.happens(this.#odds.heldBack))
    this.#held.overtake()
    for (const hold of holding) {
      if (!(hold && this.#held.hold(route, message))) await this.#broker.publish(route, message, signal)
    }
  }

  async consume(
    queue: Queue,
    options: ConsumeOptions,
    handler: (delivery: Delivery) => void | Promise<void>,
  ): Promise<Consumer> {
    const chosen = this.#routes.some((route) => feeds(route, queue))
    return await this.#broker.consume(queue, options, (delivery) => handler(chosen ? this.#unruly(delivery) : delivery))
  }

  /** Held-back messages count as waiting. */
  async depth(queue: Queue): Promise<QueueDepth> {
    const depth = await this.#broker.depth(queue)
    return { ...depth, waiting: depth.waiting + this.#held.count((route) => feeds(route, queue)) }
  }

  queueState(queue: Queue): Promise<QueueState> {
    return this.#broker.queueState(queue)
  }

  countDeadLetters(queue: Queue): Promise<number> {
    return this.#broker.countDeadLetters(queue)
  }

  deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    return this.#broker.deadLetters(queue, limit)
  }

  eachDeadLetter(queue: Queue, visit: (letter: DeadLetter) => void): Promise<void> {
    return this.#broker.eachDeadLetter(queue, visit)
  }

  removeDeadLetters(queue: Queue, ids: readonly string[]): Promise<number> {
    return this.#broker.removeDeadLetters(queue, ids)
  }

  ping(): Promise<void> {
    return this.#broker.ping()
  }

  /** Resolves when nothing is held back any more. Rejects when the broker refused what had been accepted. */
  async settled(): Promise<void> {
    await this.#held.settled()
  }

  async close(): Promise<void> {
    // A broker that forgets its messages forgets the held ones too; one that keeps them must get them first.
    if (this.capabilities.keepsMessages) await this.#held.settled()
    this.#held.drop()
    await this.#broker.close()
  }

  #unruly(delivery: Delivery): Delivery {
    const lost = delivery.deliveries === 1 && this.#ending.happens(this.#odds.unacknowledged)
    return {
      body: delivery.body,
      attributes: delivery.attributes,
      deliveries: delivery.deliveries,
      sentAt: delivery.sentAt,
      acknowledge: () => (lost ? delivery.giveBack() : delivery.acknowledge()),
      giveBack: (delay) => delivery.giveBack(delay),
      deadLetter: (code, reason) => delivery.deadLetter(code, reason),
    }
  }
}

function feeds(route: Route, queue: Queue): boolean {
  return queue === route || queue.startsWith(`${route}.`)
}
