import { asRevalError, type RevalError } from '../../errors/reval-error.ts'
import type { Delivery, Queue } from '../../ports/broker.ts'
import type { SyncContext } from '../context.ts'

/** How long until a requeued message is delivered again: twice as long each time, up to the limit. */
const GIVE_BACK_MS = 200
const LONGEST_GIVE_BACK_MS = 5_000

/**
 * Ends the deliveries of one queue. If one cannot be ended (the consumer was stopped, the connection was lost), that is a
 * warning: the message is delivered again, and its rows are found written.
 */
export class DeliveryEnds {
  readonly #context: Pick<SyncContext, 'events'>
  readonly #queue: Queue

  constructor(context: Pick<SyncContext, 'events'>, queue: Queue) {
    this.#context = context
    this.#queue = queue
  }

  async acknowledge(delivery: Delivery): Promise<void> {
    await this.#end('acknowledging', delivery.acknowledge())
  }

  /** For errors that may pass, such as a backend that is away. */
  async giveBack(delivery: Delivery, error: RevalError): Promise<void> {
    this.#context.events.emit('warning', { doing: `receiving a message from ${this.#queue}`, error })
    const delay = Math.min(GIVE_BACK_MS * 2 ** (delivery.deliveries - 1), LONGEST_GIVE_BACK_MS)
    await this.#end('requeueing', delivery.giveBack(delay))
  }

  /** For messages that are invalid: they go to the dead letters. False if this one could not be moved. */
  async refuse(delivery: Delivery, error: RevalError): Promise<boolean> {
    const isRefused = await this.#end('refusing', delivery.deadLetter(error.code, error.message))
    if (isRefused) this.#context.events.emit('message.deadLettered', { queue: this.#queue, error })
    return isRefused
  }

  /** Refuses the message if the error is its own (a code that begins with MESSAGE_), else gives it back. */
  async failed(delivery: Delivery, error: unknown): Promise<void> {
    const coded = asRevalError(error)
    await (coded.code.startsWith('MESSAGE_') ? this.refuse(delivery, coded) : this.giveBack(delivery, coded))
  }

  /** Whether the delivery could be ended. */
  async #end(doing: string, end: Promise<void>): Promise<boolean> {
    try {
      await end
      return true
    } catch (error) {
      const coded = asRevalError(error, 'BROKER_FAILED')
      this.#context.events.emit('warning', { doing: `${doing} a message of ${this.#queue}`, error: coded })
      return false
    }
  }
}
