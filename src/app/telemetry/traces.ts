import type { Delivery, DeliveryHandler, OutgoingMessage, Queue, Route } from '../../ports/broker.ts'
import type { GenerationId } from '../../ports/index-store.ts'

type Attributes = Readonly<Record<string, string | number>>

/** A call as traces show it. */
export interface SpanOfCall {
  readonly name: string
  readonly attributes: Attributes
  /** The generation that it is for: calls for the one being built belong to its run. */
  readonly generation?: GenerationId
}

/** Follows runs and changes through this process and the broker. What belongs to neither is not traced. */
export interface Traces {
  /** Does a call as part of what is going on. */
  call<T>(span: SpanOfCall, action: () => Promise<T>): Promise<T>
  /** A read that lasts until the returned function is called. */
  reading(name: string): (attributes: Attributes) => void
  /** Publishes with the context of the trace in the attributes. */
  publish(route: Route, message: OutgoingMessage, send: (message: OutgoingMessage) => Promise<void>): Promise<void>
  /** Handles a delivery in the context that its attributes carry. */
  receive(queue: Queue, delivery: Delivery, handler: DeliveryHandler): void | Promise<void>
  /** Does work for these deliveries, which all were received here. */
  group<T>(doing: string, deliveries: readonly Delivery[], work: () => Promise<T>): Promise<T>
  /** Sends what is left. */
  close(): Promise<void>
}
