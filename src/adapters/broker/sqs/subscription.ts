import type { Message } from '@aws-sdk/client-sqs'
import type { RevalError } from '../../../errors/reval-error.ts'
import type { Consumer, ConsumeOptions, Delivery } from '../../../ports/broker.ts'
import { ConsumerLife, stopped } from '../consumer-life.ts'
import { MOST_ENTRIES } from './batches.ts'
import { SqsDelivery } from './delivery.ts'
import { Holding } from './holding.ts'
import type { SqsQueue } from './queue.ts'

/** While messages flow, so many requests ask for more at a time; one while the queue is empty. */
const RECEIVES_AT_ONCE = 4

export interface SubscriptionOptions extends Pick<ConsumeOptions, 'prefetch'> {
  readonly onLost: (error: Error) => void
  readonly queue: SqsQueue
  readonly visibilityMs: number
  readonly handler: (delivery: Delivery) => void | Promise<void>
  /** Told once, when nothing of the consumer is under way any more. */
  readonly onEnd: (subscription: Subscription) => void
}

/** A consumer of one queue. */
export class Subscription implements Consumer {
  readonly #options: SubscriptionOptions
  readonly #holding: Holding
  readonly #receives = new Set<Promise<void>>()
  /** How many messages the receives under way may bring. */
  #expected = 0
  #flowing = false
  #pumping = false
  readonly #life: ConsumerLife
  #ended: Promise<void> | null = null

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#life = new ConsumerLife({ ...options, end: (reason) => void this.end(reason) })
    this.#holding = new Holding(options.queue, options.visibilityMs, () => this.#pumpSoon())
    this.#pump()
  }

  async stop(): Promise<void> {
    await this.end(stopped())
  }

  /**
   * Ends the consumer; ending its deliveries is refused with `reason` from now on. Resolves when the receives under way
   * have come back, which may take as long as they wait for messages, and all that was not ended waits in the queue.
   */
  async end(reason: RevalError): Promise<void> {
    this.#life.finish(reason)
    this.#ended ??= this.#windDown()
    await this.#ended
  }

  async #windDown(): Promise<void> {
    // What they were about to bring would stay hidden if they were cut off.
    await Promise.all(this.#receives)
    await this.#holding.letGo()
    this.#options.onEnd(this)
  }

  /** Once for all that ends in a turn: one request for many messages costs as much as one for a single message. */
  #pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    while (!this.#life.isOver && this.#receives.size < (this.#flowing ? RECEIVES_AT_ONCE : 1)) {
      const room = this.#options.prefetch - this.#holding.size - this.#expected
      if (room <= 0) return
      const receive = this.#receive(Math.min(room, MOST_ENTRIES))
      this.#receives.add(receive)
      void receive.then(() => {
        this.#receives.delete(receive)
        this.#pumpSoon()
      })
    }
  }

  async #receive(most: number): Promise<void> {
    this.#expected += most
    try {
      const messages = await this.#options.queue.receive(most)
      this.#flowing = messages.length > 0
      for (const message of messages) this.#begin(message)
    } catch (error) {
      this.#life.lose(error)
    } finally {
      this.#expected -= most
    }
  }

  #begin(message: Message): void {
    const holding = this.#holding
    const held = holding.take(message)
    const delivery = new SqsDelivery(message, {
      acknowledge: () => holding.acknowledge(held),
      giveBack: (delay) => holding.giveBack(held, delay),
      deadLetter: (code, reason) => holding.deadLetter(held, code, reason),
      assertHeld: () => this.#life.assertHeld(),
    })
    // A turn of its own for each. What is over by then was taken in vain, and is let go with the rest.
    setImmediate(() => {
      if (!this.#life.isOver) void this.#life.handle(delivery)
    })
  }
}
