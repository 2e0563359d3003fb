import { RevalError } from '../../errors/reval-error.ts'
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
  Route,
} from '../../ports/broker.ts'

/** A broker, and what it carries of the whole. */
export interface BrokerPart {
  readonly broker: Broker
  readonly routes: readonly Route[]
  readonly queues: readonly Queue[]
}

/**
 * One broker made of several, each with routes and queues of its own. It can do what all of them can. A route or queue
 * that none of them carries is refused with INTERNAL: all of them where there is no part. Throws INTERNAL where two
 * carry the same.
 */
export function routeToBrokers(parts: readonly BrokerPart[]): Broker {
  return new RoutingBroker(parts)
}

class RoutingBroker implements Broker {
  readonly capabilities: BrokerCapabilities
  readonly #brokers: readonly Broker[]
  readonly #routes: ReadonlyMap<Route, Broker>
  readonly #queues: ReadonlyMap<Queue, Broker>

  constructor(parts: readonly BrokerPart[]) {
    this.#brokers = [...new Set(parts.map(({ broker }) => broker))]
    this.capabilities = {
      keepsMessages: this.#brokers.every(({ capabilities }) => capabilities.keepsMessages),
      exclusive: this.#brokers.every(({ capabilities }) => capabilities.exclusive),
    }
    this.#routes = carriers(parts, ({ routes }) => routes)
    this.#queues = carriers(parts, ({ queues }) => queues)
  }

  async publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    await carrier(this.#routes, route).publish(route, message, signal)
  }

  async consume(queue: Queue, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumer> {
    return carrier(this.#queues, queue).consume(queue, options, handler)
  }

  async depth(queue: Queue): Promise<QueueDepth> {
    return carrier(this.#queues, queue).depth(queue)
  }

  async deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]> {
    return carrier(this.#queues, queue).deadLetters(queue, limit)
  }

  async ping(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.ping()))
  }

  /** Closes all of them, whatever becomes of the others, and rejects with the first fault. */
  async close(): Promise<void> {
    const closings = await Promise.allSettled(this.#brokers.map((broker) => broker.close()))
    const failed = closings.find((closing) => closing.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}

function carriers<T extends string>(
  parts: readonly BrokerPart[],
  carried: (part: BrokerPart) => readonly T[],
): ReadonlyMap<T, Broker> {
  const brokers = new Map<T, Broker>()
  for (const part of parts) {
    for (const name of carried(part)) {
      if (brokers.has(name)) throw new RevalError('INTERNAL', `two brokers serve ${name}`)
      brokers.set(name, part.broker)
    }
  }
  return brokers
}

function carrier<T extends string>(brokers: ReadonlyMap<T, Broker>, name: T): Broker {
  const broker = brokers.get(name)
  if (broker === undefined) throw new RevalError('INTERNAL', `no broker serves ${name}`)
  return broker
}
