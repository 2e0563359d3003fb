import type { OutgoingMessage, Route } from '../../ports/broker.ts'
import type { SyncContext, SyncSettings } from '../context.ts'
import { persist } from '../wait/persist.ts'

/** How many messages may be unconfirmed by the broker, so that a sender of small messages does not wait for each. */
export const UNCONFIRMED = 32

type Context = Pick<SyncContext, 'broker' | 'clock' | 'events'> & {
  readonly settings: Pick<SyncSettings, 'sendAheadBytes' | 'pollMs'>
}

export interface SendAheadOptions {
  readonly route: Route
  /** Ends the send, with its reason. */
  readonly signal: AbortSignal
  /**
   * How many of these messages are recorded as received; null if that is not recorded. Then only unconfirmed messages are
   * limited, and the rest waits in the queue of a slow receiver.
   */
  readonly received: (() => Promise<number>) | null
}

/**
 * Publishes the messages of one route in order. Transient errors are retried; any other error ends the send.
 *
 * This is the flow control, the same for every broker: messages sent but not received stay within `sendAheadBytes`. The
 * record of what was received is read only at that limit, then every `pollMs`. It lags by up to a second, so the limit
 * must exceed what is sent in that time. If the receiver has died, the sender waits here until the run restarts or ends,
 * which aborts its signal.
 */
export class SendAhead implements AsyncDisposable {
  readonly #context: Context
  readonly #options: SendAheadOptions
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  readonly #inFlight = new Set<Promise<void>>()
  /** The sizes of the messages sent but not known to be received, in the order of sending. */
  #ahead: number[] = []
  #aheadBytes = 0
  #sent = 0

  constructor(context: Context, options: SendAheadOptions) {
    this.#context = context
    this.#options = options
    this.#signal = AbortSignal.any([options.signal, this.#over.signal])
  }

  /** Resolves once the message is in flight. Also rejects with the error of an earlier one. */
  async send(message: OutgoingMessage): Promise<void> {
    await this.#untilRoomFor(message.body.byteLength)
    while (this.#inFlight.size >= UNCONFIRMED) await Promise.race(this.#inFlight)
    this.#signal.throwIfAborted()
    const publishing: Promise<void> = this.#publish(message).finally(() => this.#inFlight.delete(publishing))
    this.#inFlight.add(publishing)
  }

  /** Resolves once the broker has accepted every message. Rejects with the first error. */
  async confirmed(): Promise<void> {
    await Promise.all(this.#inFlight)
    this.#signal.throwIfAborted()
  }

  /** Resolves once nothing is in flight. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    await Promise.all(this.#inFlight)
  }

  /** A message larger than the limit waits until all others are received. */
  async #untilRoomFor(bytes: number): Promise<void> {
    const { received, route } = this.#options
    if (received === null) return
    const { clock, settings } = this.#context
    const hasRoom = () => this.#ahead.length === 0 || this.#aheadBytes + bytes <= settings.sendAheadBytes
    const reading = { doing: `reading what was received of ${route}`, signal: this.#signal }
    for (let tries = 0; !hasRoom(); tries += 1) {
      if (tries > 0) await clock.wait(settings.pollMs, this.#signal)
      this.#signal.throwIfAborted()
      this.#forget(await persist(this.#context, reading, received))
    }
    this.#ahead.push(bytes)
    this.#aheadBytes += bytes
    this.#sent += 1
  }

  /** Only the number of received messages is recorded, not which. Their sizes hardly differ. */
  #forget(received: number): void {
    const known = this.#ahead.splice(0, this.#ahead.length - (this.#sent - received))
    for (const bytes of known) this.#aheadBytes -= bytes
  }

  /** Never rejects: an error aborts the signal, and the next `send` or `confirmed` rejects with it. */
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
