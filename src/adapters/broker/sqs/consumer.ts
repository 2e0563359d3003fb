import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '@aws-sdk/client-sqs'
import type { RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, DeliveryHandler } from '../../../ports/broker.ts'
import { DeliveryHolder } from '../held-delivery.ts'
import { InFlight } from './in-flight.ts'
import { receivedMessage } from './message.ts'
import { MOST_RECEIVED, type SqsQueue } from './queue.ts'
import type { SqsSettings } from './settings.ts'

/** The pause after a receive that failed; twice as long each time. */
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
/** The pause after a receive that brought a few messages: each request costs as much as ten of them. */
const COLLECT_MS = 100

export interface SqsConsumerOptions extends ConsumeOptions {
  readonly queue: SqsQueue
  readonly deadLetters: SqsQueue
  readonly settings: SqsSettings
  readonly handler: DeliveryHandler
  /** Called once, when nothing of the consumer is in progress any more. */
  readonly onStopped: (consumer: SqsConsumer) => void
}

/**
 * A consumer of one queue. It receives again and again, one request at a time, each for as many messages as it may
 * still hold; a receive that fails is reported, and repeated after a pause.
 */
export class SqsConsumer implements Consumer {
  readonly #options: SqsConsumerOptions
  readonly #holder: DeliveryHolder
  readonly #inFlight = new Set<InFlight>()
  readonly #stopping = new AbortController()
  readonly #receiving: Promise<void>
  #stopped: Promise<void> | null = null
  #onRoom: () => void = () => undefined

  constructor(options: SqsConsumerOptions) {
    this.#options = options
    this.#holder = new DeliveryHolder(options.handler, options)
    this.#receiving = this.#receive()
  }

  /**
   * Deliveries can no longer be ended, which is refused with `reason`. Resolves when the receive in progress has come back,
   * which may take as long as SQS waits for messages, and all that was not ended waits in the queue.
   */
  async stop(reason?: RevalError): Promise<void> {
    this.#holder.stop(reason)
    this.#stopping.abort()
    this.#onRoom()
    this.#stopped ??= this.#release()
    await this.#stopped
  }

  async #release(): Promise<void> {
    // A receive that is aborted may still hide messages, until their visibility timeout is over.
    await this.#receiving
    // One that cannot be shown is shown again when its visibility timeout is over.
    await Promise.allSettled([...this.#inFlight].map((message) => message.release()))
    this.#options.onStopped(this)
  }

  async #receive(): Promise<void> {
    const { queue, settings } = this.#options
    let pauseMs = FIRST_PAUSE_MS
    for (;;) {
      const room = await this.#room()
      if (this.#holder.isOver) return
      try {
        const most = Math.min(room, MOST_RECEIVED)
        const messages = await queue.receive({ most, wait: settings.sqsWaitMs, hide: settings.sqsVisibilityMs })
        this.#begin(messages)
        pauseMs = FIRST_PAUSE_MS
        const isFew = messages.length > 0 && messages.length < MOST_RECEIVED
        // Large messages are received as soon as there is room: few of them fit.
        if (isFew && this.#options.prefetch > MOST_RECEIVED) await this.#pause(COLLECT_MS)
      } catch (error) {
        this.#holder.trouble(error)
        await this.#pause(pauseMs)
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    // Nothing but the stop rejects it.
    await pause(milliseconds, null, { signal: this.#stopping.signal }).catch(() => null)
  }

  /** How many more messages may be in flight. Waits until that is one at least, or the consumer is stopped. */
  async #room(): Promise<number> {
    const { prefetch } = this.#options
    while (this.#inFlight.size >= prefetch && !this.#holder.isOver) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve
      })
    }
    return prefetch - this.#inFlight.size
  }

  #begin(messages: readonly Message[]): void {
    const onLeft = (left: InFlight) => {
      this.#inFlight.delete(left)
      this.#onRoom()
    }
    const received = messages.map((message) => {
      const inFlight = new InFlight(message, { ...this.#options, holder: this.#holder, onLeft })
      this.#inFlight.add(inFlight)
      return { message, inFlight }
    })
    // A handler may stop the consumer; then the others are released.
    for (const { message, inFlight } of received) void this.#holder.deliver(receivedMessage(message), inFlight)
  }
}
