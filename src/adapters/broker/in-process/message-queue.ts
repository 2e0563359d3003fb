import type { Consumer as DriverConsumer, Message, Queue as DriverQueue } from 'smqp'
import type { DeadLetter } from '../../../ports/broker.ts'
import type { Clock } from '../../../ports/clock.ts'
import { contentOf, letterOf, sizeOf, type Size } from './message.ts'

export interface MessageQueueOptions {
  readonly queue: DriverQueue
  readonly deadLetters: DriverQueue
  readonly clock: Clock
  /** Aborted when the broker closes: what was to come back later does not. */
  readonly closing: AbortSignal
  /** The queue has room for another message while less than this waits, in messages and in bytes. */
  readonly waitingLimit: Size
  /** No more dead letters are kept than this, save that the newest one always is. */
  readonly deadLetterLimit: Size
  /** Told of the oldest dead letter when it makes place for a newer one. */
  readonly onDeadLetterDropped: (letter: DeadLetter) => void
}

/** A queue and its dead letter queue. The driver keeps and hands out; limits, delays and reasons are added here. */
export class MessageQueue {
  readonly #options: MessageQueueOptions
  /** Given back with a delay that has not passed. */
  readonly #delayed = new Set<Message>()

  constructor(options: MessageQueueOptions) {
    this.#options = options
  }

  get hasRoom(): boolean {
    const { queue, waitingLimit } = this.#options
    // Unended deliveries do not count: a receiver that ends them all at once must get its whole prefetch.
    const ready = sizeOf(queue.messages.filter((message) => !message.pending))
    const delayed = sizeOf(this.#delayed)
    return ready.messages + delayed.messages < waitingLimit.messages && ready.bytes + delayed.bytes < waitingLimit.bytes
  }

  get depth(): { readonly waiting: number; readonly unended: number } {
    const { messageCount, unackedCount } = this.#options.queue.getStats()
    return { waiting: messageCount - unackedCount + this.#delayed.size, unended: unackedCount }
  }

  /** Hands out messages, at most `prefetch` unended at a time. May call back while another call is under way. */
  consume(prefetch: number, onMessage: (message: Message) => void): DriverConsumer {
    // The driver declares the result as `any`; it is the consumer.
    return this.#options.queue.consume((_key, message) => onMessage(message), { prefetch }) as DriverConsumer
  }

  giveBack(message: Message, delay: number): void {
    if (delay > 0) void this.#returnAfter(delay, message)
    else message.nack(false, true)
  }

  deadLetter(message: Message, code: string, reason: string): void {
    const { deadLetters, deadLetterLimit, onDeadLetterDropped } = this.#options
    deadLetters.queueMessage({}, { ...contentOf(message), code, reason } satisfies DeadLetter)
    message.ack()
    while (deadLetters.messageCount > 1 && exceeds(sizeOf(deadLetters.messages), deadLetterLimit)) {
      const oldest = deadLetters.peek()
      deadLetters.evictFirst()
      onDeadLetterDropped(letterOf(oldest))
    }
  }

  deadLetters(limit: number): readonly DeadLetter[] {
    return this.#options.deadLetters.messages.slice(0, limit).map(letterOf)
  }

  async #returnAfter(delay: number, message: Message): Promise<void> {
    const { queue, clock, closing } = this.#options
    this.#delayed.add(message)
    message.ack()
    await clock.wait(delay, closing)
    this.#delayed.delete(message)
    if (!closing.aborted) queue.queueMessage(message.fields, message.content, message.properties)
  }
}

function exceeds(size: Size, limit: Size): boolean {
  return size.messages > limit.messages || size.bytes > limit.bytes
}
