import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Delivery } from '../../ports/broker.ts'

export interface ConsumerLifeOptions {
  readonly onLost: (error: Error) => void
  readonly handler: (delivery: Delivery) => void | Promise<void>
  /** Carries out the end: called when the consumer is lost, before `onLost` is told. */
  readonly end: (reason: RevalError) => unknown
  /** Names the queue, for the reason of a loss. */
  readonly of?: string
}

/**
 * What all consumers have in common: deliveries go to the handler until the consumer is over, and what the handler
 * throws, or the broker does, ends it once.
 */
export class ConsumerLife {
  readonly #options: ConsumerLifeOptions
  /** What ends of deliveries are refused with; null while the consumer holds its deliveries. */
  #over: RevalError | null = null

  constructor(options: ConsumerLifeOptions) {
    this.#options = options
  }

  get isOver(): boolean {
    return this.#over !== null
  }

  /** Throws what ends of deliveries are refused with once the consumer is over. */
  assertHeld(): void {
    if (this.#over !== null) throw this.#over
  }

  /** The consumer is over, for this reason. False where it was before. */
  finish(reason: RevalError): boolean {
    if (this.#over !== null) return false
    this.#over = reason
    return true
  }

  /** Hands a delivery to the handler. Never rejects: what the handler throws loses the consumer. */
  async handle(delivery: Delivery): Promise<void> {
    try {
      await this.#options.handler(delivery)
    } catch (error) {
      this.lose(error)
    }
  }

  /** Ends the consumer and tells so. After the end a handler fails because it could not end its delivery: no loss. */
  lose(error: unknown): void {
    if (this.#over !== null) return
    const { end, onLost, of } = this.#options
    const reason = error instanceof Error ? error.message : String(error)
    const consumer = of === undefined ? 'the consumer' : `the consumer of ${of}`
    const message = `${consumer} was lost; its unacknowledged messages are redelivered: ${reason}`
    end(new RevalError('BROKER_FAILED', message, { cause: error, transient: true }))
    onLost(error instanceof Error ? error : asRevalError(error))
  }
}

/** Why deliveries of a consumer that was stopped cannot be ended any more. */
export function stopped(): RevalError {
  return new RevalError('BROKER_FAILED', 'the consumer was stopped; its unacknowledged messages are redelivered')
}
