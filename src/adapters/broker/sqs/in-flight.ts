import type { Message } from '@aws-sdk/client-sqs'
import type { DeliveryEnds, DeliveryHolder } from '../held-delivery.ts'
import { deadLetterMessage } from './dead-letter.ts'
import type { SqsQueue } from './queue.ts'
import type { SqsSettings } from './settings.ts'

export interface InFlightOptions {
  readonly queue: SqsQueue
  readonly deadLetters: SqsQueue
  readonly settings: SqsSettings
  readonly holder: DeliveryHolder
  /** Told when the message was ended, or could not be. */
  readonly onLeft: (left: InFlight) => void
}

/** A received message until it is ended: it stays hidden from other consumers, however long the work on it takes. */
export class InFlight implements DeliveryEnds {
  readonly #message: Message
  readonly #receipt: string
  readonly #options: InFlightOptions
  readonly #heartbeat: NodeJS.Timeout
  #ending: Promise<void> | null = null
  #extending: Promise<void> | null = null

  constructor(message: Message, options: InFlightOptions) {
    this.#message = message
    this.#receipt = message.ReceiptHandle ?? ''
    this.#options = options
    // Twice before the visibility timeout is over, in case one call fails.
    this.#heartbeat = setInterval(() => void this.#extend(), options.settings.sqsVisibilityMs / 3)
  }

  async acknowledge(): Promise<void> {
    await this.#end(this.#options.queue.remove(this.#receipt))
  }

  async giveBack(delay: number): Promise<void> {
    await this.#end(this.#show(delay))
  }

  async deadLetter(code: string, reason: string): Promise<void> {
    await this.#end(this.#moveToDeadLetters(code, reason))
  }

  /** Shows the message to the next consumer at once; one that is being ended is waited for. */
  async release(): Promise<void> {
    await (this.#ending ?? this.giveBack(0))
  }

  async #end(ending: Promise<void>): Promise<void> {
    this.#ending = ending
    try {
      await ending
    } finally {
      clearInterval(this.#heartbeat)
      this.#options.onLeft(this)
    }
  }

  async #extend(): Promise<void> {
    if (this.#extending !== null) return
    const { holder, queue, settings } = this.#options
    this.#extending = queue.hide(this.#receipt, settings.sqsVisibilityMs)
    try {
      await this.#extending
    } catch (error) {
      // Its receipt is no longer valid once it is ended; the caller gets every other error.
      if (this.#ending === null) holder.trouble(error)
    } finally {
      this.#extending = null
    }
  }

  /** Shows the message to the next consumer in so many milliseconds. */
  async #show(milliseconds: number): Promise<void> {
    // An extension that arrived later would hide it again.
    clearInterval(this.#heartbeat)
    await Promise.allSettled([this.#extending])
    await this.#options.queue.hide(this.#receipt, milliseconds)
  }

  /** First the copy, then the removal: a crash in between leaves both. */
  async #moveToDeadLetters(code: string, reason: string): Promise<void> {
    const { queue, deadLetters, settings } = this.#options
    await deadLetters.send(deadLetterMessage(this.#message, { code, reason }, settings.sqsMaxMessageBytes))
    await queue.remove(this.#receipt)
  }
}
