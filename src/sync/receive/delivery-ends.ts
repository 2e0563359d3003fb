import { asRevalError, type RevalError } from '../../errors/reval-error.ts'
import type { Delivery, Queue } from '../../ports/broker.ts'
import type { SyncContext } from '../context.ts'

/** A delivery that is given back comes again after this long, twice as long each time, and no longer than the second. */
const GIVE_BACK_MS = 200
const LONGEST_GIVE_BACK_MS = 5_000

/**
 * Ends the deliveries of one queue. That one cannot be ended (its consumer was stopped, the connection is gone) is told
 * and is no fault: the message comes again, and what was done for it is found done.
 */
export class DeliveryEnds {
  readonly #context: Pick<SyncContext, 'events'>
  readonly #queue: Queue

  constructor(context: Pick<SyncContext, 'events'>, queue: Queue) {
    this.#context = context
    this.#queue = queue
  }

  async acknowledge(delivery: Delivery): Promise<void> {
    await this.#tell('acknowledging', delivery.acknowledge())
  }

  /** For what may go better next time: a backend that cannot be reached. */
  async giveBack(delivery: Delivery, error: RevalError): Promise<void> {
    this.#context.events.emit('warning', { doing: `receiving a message from ${this.#queue}`, error })
    const delay = Math.min(GIVE_BACK_MS * 2 ** (delivery.deliveries - 1), LONGEST_GIVE_BACK_MS)
    await this.#tell('requeueing', delivery.giveBack(delay))
  }

  /** For what will never go: a message that is none. */
  async refuse(delivery: Delivery, error: RevalError): Promise<void> {
    await this.#tell('refusing', delivery.deadLetter(error.code, error.message))
    this.#context.events.emit('message.deadLettered', { queue: this.#queue, error })
  }

  /** Refuses a message that is at fault itself, and gives back one that met a fault of something else. */
  async failed(delivery: Delivery, error: unknown): Promise<void> {
    const coded = asRevalError(error)
    await (coded.code.startsWith('MESSAGE_') ? this.refuse(delivery, coded) : this.giveBack(delivery, coded))
  }

  async #tell(doing: string, end: Promise<void>): Promise<void> {
    try {
      await end
    } catch (error) {
      const coded = asRevalError(error, 'BROKER_FAILED')
      this.#context.events.emit('warning', { doing: `${doing} a message of ${this.#queue}`, error: coded })
    }
  }
}
