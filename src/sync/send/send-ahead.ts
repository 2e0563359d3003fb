import type { OutgoingMessage, Route } from '../../ports/broker.ts'
import type { SyncContext, SyncSettings } from '../context.ts'
import { persist } from '../wait/persist.ts'

type Context = Pick<SyncContext, 'broker' | 'clock' | 'events'> & { readonly settings: Pick<SyncSettings, 'sendAhead'> }

/**
 * Publishes messages of one route in order, a set number of them under way before the first was accepted: so a sender
 * of one row a message does not wait for each. One that fails transiently is tried again until it is accepted; the
 * first that fails for good ends all of it.
 */
export class SendAhead implements AsyncDisposable {
  private readonly context: Context
  private readonly route: Route
  private readonly over = new AbortController()
  private readonly signal: AbortSignal
  private readonly underWay = new Set<Promise<void>>()

  /** Aborting `signal` ends the sending, with its reason. */
  constructor(context: Context, route: Route, signal: AbortSignal) {
    this.context = context
    this.route = route
    this.signal = AbortSignal.any([signal, this.over.signal])
  }

  /** Resolves once the message is under way. Rejects with the fault of an earlier one too. */
  async send(message: OutgoingMessage): Promise<void> {
    while (this.underWay.size >= this.context.settings.sendAhead) await Promise.race(this.underWay)
    this.signal.throwIfAborted()
    const publishing: Promise<void> = this.publish(message).finally(() => this.underWay.delete(publishing))
    this.underWay.add(publishing)
  }

  /** Resolves once every message was accepted. Rejects with the first fault. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay)
    this.signal.throwIfAborted()
  }

  /** Leaves nothing under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.over.abort()
    await Promise.all(this.underWay)
  }

  /** Never rejects: a fault is the reason of the signal, which whoever sends next or waits for all gets. */
  private async publish(message: OutgoingMessage): Promise<void> {
    const { broker } = this.context
    const sending = { doing: `publishing to ${this.route}`, signal: this.signal }
    try {
      await persist(this.context, sending, () => broker.publish(this.route, message, this.signal))
    } catch (error) {
      this.over.abort(error)
    }
  }
}
