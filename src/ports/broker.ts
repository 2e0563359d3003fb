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
 * The queues that only the writer consumes. A broker may deliver all messages of such a queue to its first consumer,
 * exclusive or not.
 */
export const WRITER_QUEUES: readonly Queue[] = [
  'traineeData',
  'doctorData',
  'traineeChanged',
  'doctorChanged',
  'recommendationChanged',
]

/**
 * Routes for optional receivers; none of our services consumes them. A queue receives their messages from the moment it is
 * first consumed; without a queue they are dropped.
 */
export const ANNOUNCEMENTS: readonly Route[] = ['masterRowChanged']

/**
 * Headers of AMQP, message attributes of SQS: at most nine, with names of letters, digits and hyphens and values that
 * are not empty.
 */
export type Attributes = Readonly<Record<string, string>>

export interface OutgoingMessage {
  readonly body: Uint8Array
  readonly attributes: Attributes
}

/** One delivery of a message. End it once, by one of the three methods; a second call is an error. */
export interface Delivery {
  readonly body: Uint8Array
  readonly attributes: Attributes
  /** 1 for the first delivery, one more for each redelivery, as far as the broker knows. */
  readonly deliveries: number
  /** When it was sent, in milliseconds since the epoch, on some brokers to the second; null if the broker cannot tell. */
  readonly sentAt: number | null
  /** Done: the message is not delivered again, unless the acknowledgement is lost. */
  acknowledge(): Promise<void>
  /**
   * Not done: the message is delivered again, to this consumer or another, after `delay` milliseconds, on some brokers
   * sooner if this consumer stops. Does not wait for that; until then the broker may count the message as unacknowledged and towards the
   * prefetch.
   */
  giveBack(delay?: number): Promise<void>
  /**
   * Cannot be done: the message is stored durably in the dead letter queue, with code and reason, before it is removed
   * here. After a crash in between, both exist.
   */
  deadLetter(code: string, reason: string): Promise<void>
}

/** If it throws, the consumer's `onTrouble` is called, and the message, unless ended, is delivered again after a pause. */
export type DeliveryHandler = (delivery: Delivery) => void | Promise<void>

export interface ConsumeOptions {
  /** How many deliveries may be unacknowledged at a time: the back-pressure. At least 1. */
  readonly prefetch: number
  /**
   * No other consumer gets messages of this queue, if the broker has the capability `exclusive`. While there is another
   * exclusive consumer, starting fails with BROKER_FAILED, transient. Once this consumer starts, messages that an earlier
   * one held are back in their place.
   */
  readonly exclusive?: boolean
  /**
   * Called with each error that interrupts deliveries: the broker is away, it cancelled the consumer, the handler threw.
   * The consumer recovers automatically. Not called after `stop`.
   */
  readonly onTrouble: (error: RevalError) => void
}

export interface Consumer {
  /**
   * No delivery starts after this resolves. Unended messages are delivered again to the next consumer; ending them here
   * may then fail with BROKER_FAILED or BROKER_CLOSED.
   */
  stop(): Promise<void>
}

/** A message in a dead letter queue. */
export interface DeadLetter {
  /** Identifies it in its queue: the same for as long as it is there. */
  readonly id: string
  /** When it was dead-lettered, in milliseconds since the epoch; null if an earlier version did not record it. */
  readonly at: number | null
  readonly body: Uint8Array
  readonly attributes: Attributes
  readonly code: string
  readonly reason: string
}

/** How many messages are waiting, and how many are delivered but not ended. */
export interface QueueDepth {
  /** Messages that no consumer has, those of a delayed redelivery among them. */
  readonly waiting: number
  readonly unacknowledged: number
  /** Whether the figures are approximate: they may lag behind by a minute. */
  readonly isApproximate: boolean
  /** Whether deliveries to every process are counted. If not, only those to consumers of this broker are. */
  readonly seesAllDeliveries: boolean
}

/** A queue, for people to see. */
export interface QueueState extends QueueDepth {
  readonly deadLetters: number
  /** How many consume it, in all processes; null if the broker does not tell. */
  readonly consumers: number | null
}

/** What a broker can and cannot do. Layers above use these, never the name of a broker. */
export interface BrokerCapabilities {
  /** Messages survive the processes that send and receive them. */
  readonly keepsMessages: boolean
  /** A queue has one exclusive consumer at a time. Without it, exclusive consumers share the queue as others do. */
  readonly exclusive: boolean
}

/**
 * Messages between the services, delivered at least once, in no guaranteed order: what RabbitMQ and SQS have in common.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities
  /**
   * Resolves once the message is accepted in every queue of the route (of `ANNOUNCEMENTS`, in those that exist), whether or
   * not receivers keep up. Rejects
   * BROKER_FAILED or BROKER_CLOSED; the message may still have been accepted. Rejects with the signal's reason if aborted
   * before the message was sent.
   */
  publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void>
  /**
   * Delivers the messages of a queue to the handler, `prefetch` at a time. Resolves once deliveries can start; rejects if
   * this first start fails. From then on the consumer goes on until `stop`: after an interruption it calls `onTrouble` and
   * starts again, after a pause that grows up to a limit; unacknowledged messages are delivered again. Consumers of one queue
   * share it, except on `WRITER_QUEUES`.
   */
  consume(queue: Queue, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumer>
  /** A broker that declares queues creates a missing one; otherwise it rejects QUEUE_MISSING. */
  depth(queue: Queue): Promise<QueueDepth>
  /** What `depth` and `countDeadLetters` tell, and who consumes. A broker that declares queues creates a missing one. */
  queueState(queue: Queue): Promise<QueueState>
  /**
   * How many dead letters a queue has: quick, unlike reading them. Approximate on real brokers: those that came or went within a
   * minute, or that another process is reading, may be missing.
   */
  countDeadLetters(queue: Queue): Promise<number>
  /** The first dead letters of a queue, oldest first; they stay there. */
  deadLetters(queue: Queue, limit: number): Promise<readonly DeadLetter[]>
  /**
   * Calls `visit` with every dead letter of a queue, in any order; they stay there. Only what `visit` keeps is in memory, however
   * many there are. One that another process is reading at the moment, or that is put aside meanwhile, may be missing. Rejects with
   * what `visit` throws.
   */
  eachDeadLetter(queue: Queue, visit: (letter: DeadLetter) => void): Promise<void>
  /**
   * Removes dead letters by id, and resolves with how many were removed; the others stay, whatever happens meanwhile. One
   * that is gone, or that another process is reading at the moment, is not counted. If it rejects, some may have been
   * removed.
   */
  removeDeadLetters(queue: Queue, ids: readonly string[]): Promise<number>
  /** Rejects with the reason if the broker is unavailable. For readiness. */
  ping(): Promise<void>
  /** Stops all consumers and closes the connection. Idempotent. Publishing and consuming then fail. */
  close(): Promise<void>
}
