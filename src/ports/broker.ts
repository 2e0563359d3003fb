import type { RevalError } from '../errors/reval-error.ts'
import { QUEUE_NAMES, ROUTE_NAMES, type QueueName, type RouteName } from '../messages/topology.ts'

/**
 * Where a message is sent. The adapter's topology maps each to an exchange and key, or to a queue.
 * One route can feed several queues (`getMaster` feeds two).
 */
export const ROUTES = ROUTE_NAMES
export type Route = RouteName

/** Where messages are consumed from. */
export const QUEUES = QUEUE_NAMES
export type Queue = QueueName

/**
 * The queues that one consumer at a time takes: the writer. A broker may give all messages of such a queue to the
 * consumer that came first, whether or not that asked to be the only one.
 */
export const WRITER_QUEUES: readonly Queue[] = ['traineeData', 'doctorData']

/**
 * Headers of AMQP, message attributes of SQS: at most nine, with names of letters, digits and hyphens and values that
 * are not empty.
 */
export type Attributes = Readonly<Record<string, string>>

export interface OutgoingMessage {
  readonly body: Uint8Array
  readonly attributes: Attributes
}

/** One delivery of a message. Exactly one of the three ends is called, once; a second call is an error. */
export interface Delivery {
  readonly body: Uint8Array
  readonly attributes: Attributes
  /** 1 at the first delivery, more after each redelivery, as far as the broker knows. */
  readonly deliveries: number
  /** Done: the message will not come again, save that its acknowledgement gets lost. */
  acknowledge(): Promise<void>
  /**
   * Not done: the message comes again, to this consumer or another, not before `delay` milliseconds have passed, unless
   * this consumer stops meanwhile. Does not wait for that; until then a broker may count the message as unended, and
   * towards the prefetch.
   */
  giveBack(delay?: number): Promise<void>
  /**
   * Not to be done: the message is kept in the queue's dead letter queue with the code and reason, durably, before it
   * is removed here. A crash between the two keeps both.
   */
  deadLetter(code: string, reason: string): Promise<void>
}

export interface ConsumeOptions {
  /** How many deliveries may be unended at a time; this is the back-pressure. At least 1. */
  readonly prefetch: number
  /**
   * No other consumer gets this queue's messages meanwhile, where the broker can see to that (its capability
   * `exclusive`). While another exclusive consumer is there, starting fails as if the broker were away: BROKER_FAILED,
   * transient. Once this consumer begins, whatever an earlier one held is back in its place.
   */
  readonly exclusive?: boolean
  /**
   * Told of each fault that interrupts deliveries: the broker is away, it cancelled the consumer, the handler threw.
   * The consumer goes on by itself. Not called after `stop`.
   */
  readonly onTrouble: (error: RevalError) => void
}

export interface Consumer {
  /**
   * No delivery begins after this resolves. Deliveries that were not ended come again to the next consumer; ending
   * one afterwards may be refused with BROKER_FAILED or BROKER_CLOSED.
   */
  stop(): Promise<void>
}

/** A message in a dead letter queue. */
export interface DeadLetter {
  readonly body: Uint8Array
  readonly attributes: Attributes
  readonly code: string
  readonly reason: string
}

/** What a broker can and cannot do; the layers above ask these and never for its name. */
export interface BrokerCapabilities {
  /** Messages outlive the process that sent them and the one that took them. */
  readonly keepsMessages: boolean
  /** A queue has one exclusive consumer at a time. Without it, exclusive consumers share the queue as others do. */
  readonly exclusive: boolean
}

/**
 * Messages between the services: at least once, possibly twice, in no promised order. What RabbitMQ and SQS have in
 * common, so that nothing above notices which is in use.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities
  /**
   * Resolves when the message is accepted in every queue of the route. It does not wait for receivers: the sender keeps
   * itself from outrunning them. Rejects BROKER_FAILED or BROKER_CLOSED; the message may then have been accepted all
   * the same. Rejects with the signal's reason when aborted before the message was sent.
   */
  publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void>
  /**
   * Starts to deliver a queue's messages to the handler, `prefetch` at a time. Resolves once deliveries can begin, and
   * rejects where this first start fails. After that the consumer goes on until `stop`: what interrupts it is told to
   * `onTrouble`, and it starts again after a pause that grows up to a limit; what was unended comes again. What the
   * handler throws or rejects is a fault of the caller: `onTrouble` is told, and that delivery, unless it was ended,
   * comes again after a pause. Several consumers of one queue share it, those of `WRITER_QUEUES` aside.
   */
  consume(
    queue: Queue,
    options: ConsumeOptions,
    handler: (delivery: Delivery) => void | Promise<void>,
  ): Promise<Consumer>
  /** How many messages wait, and how many were delivered and not ended. Approximate on real brokers. */
  depth(queue: Queue): Promise<{ readonly waiting: number; readonly unended: number }>
  /** The first dead letters of a queue, oldest first; they stay where they are. */
  deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]>
  /** Rejects with the reason when the broker cannot be used now. For readiness. */
  ping(): Promise<void>
  /** Stops all consumers and lets go of the broker. Idempotent. Publishing and consuming fail afterwards. */
  close(): Promise<void>
}
