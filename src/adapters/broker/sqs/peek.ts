import type { Message } from '@aws-sdk/client-sqs'
import type { DeadLetter } from '../../../ports/broker.ts'
import { deadLetterOf } from './dead-letter.ts'
import { MOST_RECEIVED, type SqsQueue } from './queue.ts'

/** How long other readers do not see what is being read, at most. */
const HIDE_MS = 30_000
/** Without a wait AWS asks only some of its machines, and may miss messages. */
const WAIT_MS = 1_000

/**
 * Reads dead letters and leaves them in their queue: at most `limit`, the oldest of those that SQS gave first, which is
 * in no order. While they are read they are hidden from other readers.
 */
export async function peek(queue: SqsQueue, limit: number): Promise<readonly DeadLetter[]> {
  const found = new Map<string, Message>()
  try {
    while (found.size < limit) {
      const messages = await queue.receive({ most: MOST_RECEIVED, wait: WAIT_MS, hide: HIDE_MS })
      const before = found.size
      for (const message of messages) found.set(message.MessageId ?? '', message)
      // Nothing new: that was all.
      if (found.size === before) break
    }
  } finally {
    // One that cannot be shown again was removed meanwhile, or is shown again later.
    await Promise.allSettled([...found.values()].map(({ ReceiptHandle = '' }) => queue.hide(ReceiptHandle, 0)))
  }
  return [...found.values()]
    .sort((one, other) => sentAt(one) - sentAt(other))
    .slice(0, limit)
    .map(deadLetterOf)
}

function sentAt({ Attributes }: Message): number {
  return Number(Attributes?.SentTimestamp ?? 0)
}
