import type {
  Broker,
  BrokerCapabilities,
  Consumer,
  ConsumeOptions,
  DeadLetter,
  Delivery,
  OutgoingMessage,
  Queue,
  QueueDepth,
  QueueState,
  Route,
} from '../../src/ports/broker.ts'
import { decodeHeaders } from '../../src/messages/headers.ts'

/** A broker around another that spoils one message of a route on its way: the data message of this sequence. */
export class AlteringBroker implements Broker {
  readonly capabilities: BrokerCapabilities
  readonly #broker: Broker
  readonly #route: Route
  readonly #sequence: number
  readonly #spoil: (body: Uint8Array) => Uint8Array

  constructor(broker: Broker, route: Route, sequence: number, spoil: (body: Uint8Array) => Uint8Array) {
    this.capabilities = broker.capabilities
    this.#broker = broker
    this.#route = route
    this.#sequence = sequence
    this.#spoil = spoil
  }

  publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    const headers = decodeHeaders(message.attributes)
    const chosen = route === this.#route && headers?.kind === 'data' && headers.sequence === this.#sequence
    const sent = chosen ? { ...message, body: this.#spoil(message.body) } : message
    return this.#broker.publish(route, sent, signal)
  }

  consume(queue: Queue, options: ConsumeOptions, handler: (delivery: Delivery) => void | Promise<void>) {
    return this.#broker.consume(queue, options, handler) satisfies Promise<Consumer>
  }

  depth(queue: Queue): Promise<QueueDepth> {
    return this.#broker.depth(queue)
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

  close(): Promise<void> {
    return this.#broker.close()
  }
}
