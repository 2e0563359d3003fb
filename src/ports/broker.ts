/**
 * Where a message is sent. The adapter's topology maps each to an exchange and key, or to a queue.
 * One route can feed several queues (`getMaster` feeds two).
 */
export const ROUTES = [
  'syncStart',
  'traineeData',
  'gmcSyncStart',
  'doctorData',
  'getMaster',
  'traineeChanged',
  'masterRowChanged',
] as const
export type Route = (typeof ROUTES)[number]

/** Where messages are taken from. */
export const QUEUES = [
  'syncStart',
  'traineeData',
  'gmcSyncStart',
  'doctorData',
  'getMaster.recommendation',
  'getMaster.connection',
  'traineeChanged',
  'masterRowChanged.recommendation',
  'masterRowChanged.connection',
] as const
export type Queue = (typeof QUEUES)[number]

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
  /** Not done: the message comes again, to this consumer or another, not before `delay` milliseconds have passed. */
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
   * Nobody else is to be given this queue's messages meanwhile, where the broker can see to that (its capability
   * `exclusive`). Another exclusive consumer that is there is waited for as if the broker were away: rejects
   * BROKER_FAILED, transient. Once this consumer begins, whatever an earlier one held is back in its place.
   */
  readonly exclusive?: boolean
  /** Told when the broker ended the consumer by itself. Not called after `stop`. */
  readonly onLost: (error: Error) => void
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
   * Resolves when the message is accepted in every queue of the route; waits while a queue is over its limit, so a
   * sender cannot outrun its receiver. Rejects BROKER_FAILED or BROKER_CLOSED; the message may then have been accepted
   * all the same. Rejects with the signal's reason when aborted before it was accepted.
   */
  publish(route: Route, message: OutgoingMessage, signal?: AbortSignal): Promise<void>
  /**
   * Starts to deliver a queue's messages to the handler, `prefetch` at a time. What the handler throws or rejects is a
   * fault of the caller: the consumer is over, its unended messages come again to the next one, and `onLost` is told.
   * Several consumers of one queue share it, those of `WRITER_QUEUES` aside.
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
