import { randomUUID } from 'node:crypto'
import type { Consumer as DriverConsumer, Message, Queue as DriverQueue } from 'smqp'
import type { DeadLetter } from '../../../ports/broker.ts'
import type { Clock } from '../../../ports/clock.ts'
import { contentOf, deadLetterOf, sizeOf, type Size } from './message.ts'

export interface MessageQueueOptions {
  readonly queue: DriverQueue
  readonly deadLetters: DriverQueue
  readonly clock: Clock
  /** No more dead letters are kept than this, except that the newest one always is. */
  readonly deadLetterLimit: Size
  /** Called with the oldest dead letter when it is dropped for a newer one. */
  readonly onDeadLetterDropped: (letter: DeadLetter) => void
}

/** A queue and its dead letter queue. The driver keeps and hands out; limits and reasons of dead letters are added here. */
export class MessageQueue {
  readonly #options: MessageQueueOptions

  constructor(options: MessageQueueOptions) {
    this.#options = options
  }

  get depth(): { readonly waiting: number; readonly unacknowledged: number } {
    const { messageCount, unackedCount } = this.#options.queue.getStats()
    return { waiting: messageCount - unackedCount, unacknowledged: unackedCount }
  }

  /** Hands out messages, at most `prefetch` unacknowledged at a time. May call back while another call is in progress. */
  consume(prefetch: number, onMessage: (message: Message) => void): DriverConsumer {
    // The driver declares the result as `any`; it is the consumer.
    return this.#options.queue.consume((_key, message) => onMessage(message), { prefetch }) as DriverConsumer
  }

  deadLetter(message: Message, code: string, reason: string): void {
    const { deadLetters, clock, deadLetterLimit, onDeadLetterDropped } = this.#options
    const letter: DeadLetter = { id: randomUUID(), at: clock.now(), ...contentOf(message), code, reason }
    deadLetters.queueMessage({}, letter)
    message.ack()
    while (deadLetters.messageCount > 1 && exceeds(sizeOf(deadLetters.messages), deadLetterLimit)) {
      const oldest = deadLetters.peek()
      deadLetters.evictFirst()
      onDeadLetterDropped(deadLetterOf(oldest))
    }
  }

  get consumers(): number {
    return this.#options.queue.consumerCount
  }

  get deadLetterCount(): number {
    return this.#options.deadLetters.messageCount
  }

  deadLetters(limit: number): readonly DeadLetter[] {
    return this.#options.deadLetters.messages.slice(0, limit).map(deadLetterOf)
  }

  /** Takes all of them, in one turn, and puts those that stay back in their places. */
  removeDeadLetters(ids: readonly string[]): number {
    const { deadLetters } = this.#options
    const taken = Array.from({ length: deadLetters.messageCount }, () => deadLetters.get())
    let removed = 0
    for (const message of taken) {
      if (message === undefined) continue
      if (ids.includes(deadLetterOf(message).id)) {
        message.ack()
        removed += 1
      } else message.nack(false, true)
    }
    return removed
  }
}

function exceeds(size: Size, limit: Size): boolean {
  return size.messages > limit.messages || size.bytes > limit.bytes
}
