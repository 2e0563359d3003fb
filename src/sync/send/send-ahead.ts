import type { OutgoingMessage, Route } from '../../ports/broker.ts'
import type { SyncContext, SyncSettings } from '../context.ts'
import { persist } from '../wait/persist.ts'

/** Messages that may be under way to the broker at a time: a sender of one row a message does not wait for each. */
export const UNCONFIRMED = 32

type Context = Pick<SyncContext, 'broker' | 'clock' | 'events'> & {
  readonly settings: Pick<SyncSettings, 'sendAheadBytes' | 'pollMs'>
}

export interface SendAheadOptions {
  readonly route: Route
  /** Ends the sending, with its reason. */
  readonly signal: AbortSignal
  /**
   * How many of the messages sent here the receiver has, as far as is on record; null where nothing is recorded. Then
   * only what the broker has not confirmed is bounded, and a slow receiver leaves the rest in its queue.
   */
  readonly received: (() => Promise<number>) | null
}

/**
 * Publishes messages of one route in order. One that fails transiently is tried again until it is accepted; the first
 * that fails for good ends all of it.
 *
 * This is the flow control, the same for every broker: what was sent and not received stays within `sendAheadBytes`.
 * The record of what was received is read only at that limit, then every `pollMs`. It lags by up to a second, so the
 * limit has to hold more than is sent in that time. A sender whose receiver has died waits here, until the run begins
 * again or ends: its signal is aborted then.
 */
export class SendAhead implements AsyncDisposable {
  readonly #context: Context
  readonly #options: SendAheadOptions
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  readonly #underWay = new Set<Promise<void>>()
  /** The sizes of the messages that were sent and not received, as far as is known, in the order of sending. */
  #ahead: number[] = []
  #aheadBytes = 0
  #sent = 0

  constructor(context: Context, options: SendAheadOptions) {
    this.#context = context
    this.#options = options
    this.#signal = AbortSignal.any([options.signal, this.#over.signal])
  }

  /** Resolves once the message is under way. Rejects with the fault of an earlier one too. */
  async send(message: OutgoingMessage): Promise<void> {
    await this.#untilRoomFor(message.body.byteLength)
    while (this.#underWay.size >= UNCONFIRMED) await Promise.race(this.#underWay)
    this.#signal.throwIfAborted()
    const publishing: Promise<void> = this.#publish(message).finally(() => this.#underWay.delete(publishing))
    this.#underWay.add(publishing)
  }

  /** Resolves once every message was accepted; the receiver may have none of them. Rejects with the first fault. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
    this.#signal.throwIfAborted()
  }

  /** Leaves nothing under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    await Promise.all(this.#underWay)
  }

  /** A message that alone is larger than the limit waits until the receiver has all the others. */
  async #untilRoomFor(bytes: number): Promise<void> {
    const { received, route } = this.#options
    if (received === null) return
    const { clock, settings } = this.#context
    const hasRoom = () => this.#ahead.length === 0 || this.#aheadBytes + bytes <= settings.sendAheadBytes
    const looking = { doing: `reading what was received of ${route}`, signal: this.#signal }
    for (let looks = 0; !hasRoom(); looks++) {
      if (looks > 0) await clock.wait(settings.pollMs, this.#signal)
      this.#signal.throwIfAborted()
      this.#forget(await persist(this.#context, looking, received))
    }
    this.#ahead.push(bytes)
    this.#aheadBytes += bytes
    this.#sent += 1
  }

  /** Which ones were received is not on record, and makes no difference: messages are much alike in size. */
  #forget(received: number): void {
    const known = this.#ahead.splice(0, this.#ahead.length - (this.#sent - received))
    for (const bytes of known) this.#aheadBytes -= bytes
  }

  /** Never rejects: a fault is the reason of the signal, which the next to send or to wait for all gets. */
  async #publish(message: OutgoingMessage): Promise<void> {
    const { route } = this.#options
    const sending = { doing: `publishing to ${route}`, signal: this.#signal }
    try {
      await persist(this.#context, sending, () => this.#context.broker.publish(route, message, this.#signal))
    } catch (error) {
      this.#over.abort(error)
    }
  }
}
