import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { HINT_DECODERS } from '../../messages/change-hints.ts'
import { refusalOf } from '../../messages/hint.ts'
import type { Consumer, Delivery } from '../../ports/broker.ts'
import type { Channel } from '../../ports/changes.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { SyncSettings } from '../context.ts'
import { DeliveryEnds } from '../receive/delivery-ends.ts'
import type { PendingChange } from './change-inbox.ts'

/** How many messages of a channel are held at a time; more if they are held until a source has caught up. */
const PREFETCH = 1_000
const PREFETCH_WITH_LAG = 5_000

export function prefetchOf({ sourceLagMs }: Pick<SyncSettings, 'sourceLagMs'>): number {
  return sourceLagMs === 0 ? PREFETCH : PREFETCH_WITH_LAG
}

/** Receives the messages of a channel. */
export interface ChannelReceiver {
  received(change: PendingChange): void
  deadLettered(channel: Channel): void
}

/** Consumes one channel of changes, exclusively. A message without a key is dead-lettered at once. */
export class ChannelConsumer {
  readonly #context: WriterContext
  readonly channel: Channel
  readonly #receiver: ChannelReceiver
  readonly #ends: DeliveryEnds

  constructor(context: WriterContext, channel: Channel, receiver: ChannelReceiver) {
    this.#context = context
    this.channel = channel
    this.#receiver = receiver
    this.#ends = new DeliveryEnds(context, channel)
  }

  start(): Promise<Consumer> {
    const { broker, events, settings } = this.#context
    const onTrouble = (error: RevalError) => events.emit('warning', { doing: `consuming ${this.channel}`, error })
    const options = { prefetch: prefetchOf(settings), exclusive: true, onTrouble }
    return broker.consume(this.channel, options, (delivery) => this.#receive(delivery))
  }

  async #receive(delivery: Delivery): Promise<void> {
    const hints = HINT_DECODERS[this.channel](delivery.body)
    const refusal = refusalOf(hints)
    const fault = refusal === null ? null : new RevalError(refusal.code, refusal.reason)
    if (fault !== null && hints.keys.length === 0) {
      await this.refuse(delivery, fault)
      return
    }
    const sentAt = delivery.sentAt ?? this.#context.clock.now()
    this.#receiver.received({ channel: this.channel, delivery, sentAt, keys: hints.keys, fault, isRepeat: false })
  }

  /** After a lost connection none can be acknowledged and all are redelivered: one warning for all of them. */
  async acknowledge(deliveries: readonly Delivery[]): Promise<void> {
    const ends = await Promise.allSettled(deliveries.map((delivery) => delivery.acknowledge()))
    const failed = ends.filter((end) => end.status === 'rejected')
    if (failed.length === 0) return
    const error = asRevalError(failed[0]?.reason, 'BROKER_FAILED')
    const doing = `acknowledging ${failed.length} messages of ${this.channel}`
    this.#context.events.emit('warning', { doing, error })
  }

  async refuse(delivery: Delivery, error: RevalError): Promise<void> {
    if (await this.#ends.refuse(delivery, error)) this.#receiver.deadLettered(this.channel)
  }
}
