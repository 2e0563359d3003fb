import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Attributes, ConsumeOptions, Delivery, DeliveryHandler } from '../../ports/broker.ts'

/** What the handler failed on comes again after this long, twice as long each time, up to the second. */
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/** A message as a backend received it; the body is the receiver's own. */
export interface ReceivedMessage {
  readonly body: Uint8Array
  readonly attributes: Attributes
  readonly deliveries: number
  readonly sentAt: number | null
}

/** How a backend ends a delivery. Each is called at most once, and only one of them. */
export interface DeliveryEnds {
  acknowledge(): void | Promise<void>
  giveBack(delay: number): void | Promise<void>
  deadLetter(code: string, reason: string): void | Promise<void>
}

/** What a consumer's deliveries share: the handler, who is notified of errors, and whether the consumer still holds them. */
export class DeliveryHolder {
  readonly #handler: DeliveryHandler
  readonly #onTrouble: ConsumeOptions['onTrouble']
  /** What ends of deliveries are refused with; null while the consumer goes on. */
  #over: RevalError | null = null

  constructor(handler: DeliveryHandler, { onTrouble }: Pick<ConsumeOptions, 'onTrouble'>) {
    this.#handler = handler
    this.#onTrouble = onTrouble
  }

  get isOver(): boolean {
    return this.#over !== null
  }

  /** Throws once the consumer was stopped. */
  assertHeld(): void {
    if (this.#over !== null) throw this.#over
  }

  /** The consumer is stopped: deliveries can no longer be ended. */
  stop(reason: RevalError = stopped()): void {
    this.#over ??= reason
  }

  /** Tells of a fault that interrupts deliveries; of none once the consumer was stopped. */
  trouble(error: unknown): void {
    if (this.#over === null) this.#onTrouble(asRevalError(error, 'BROKER_FAILED'))
  }

  /**
   * Hands a message to the handler, as a delivery that is ended once, and only while the consumer holds it. Never rejects:
   * what the handler failed on is given back for a while.
   */
  async deliver(message: ReceivedMessage, ends: DeliveryEnds): Promise<void> {
    if (this.#over !== null) return
    const state = { isEnded: false }
    const ending = async (end: () => void | Promise<void>): Promise<void> => {
      if (state.isEnded) throw new RevalError('INTERNAL', 'a delivery was ended twice')
      this.assertHeld()
      state.isEnded = true
      await end()
    }
    const delivery: Delivery = {
      ...message,
      acknowledge: () => ending(() => ends.acknowledge()),
      giveBack: (delay = 0) => ending(() => ends.giveBack(delay)),
      deadLetter: (code, reason) => ending(() => ends.deadLetter(code, reason)),
    }
    try {
      await this.#handler(delivery)
    } catch (error) {
      if (this.isOver) return
      if (!state.isEnded) {
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** (message.deliveries - 1), LONGEST_PAUSE_MS)
        await delivery.giveBack(pause).catch((fault: unknown) => this.trouble(fault))
      }
      this.trouble(asRevalError(error))
    }
  }
}

/** Why deliveries of a consumer that was stopped cannot be ended any more. */
function stopped(): RevalError {
  return new RevalError('BROKER_FAILED', 'the consumer was stopped; its unacknowledged messages are redelivered')
}
