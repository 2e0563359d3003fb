import type { Message } from '@aws-sdk/client-sqs'
import type { DeadLetter } from '../../../ports/broker.ts'
import { deadLetterOf } from './dead-letter.ts'
import { sentAtOf } from './message.ts'
import { MOST_RECEIVED, type SqsQueue } from './queue.ts'

/** How long other readers do not see what is being read, at most. */
const HIDE_MS = 30_000
/** Without a wait AWS asks only some of its machines, and may miss messages. */
const WAIT_MS = 1_000

/** Messages as they were received last, by id. */
type Received = Map<string, Message>

/**
 * Reads dead letters and leaves them in their queue: at most `limit`, the oldest of those that SQS gave first, which is
 * in no order. While they are read they are hidden from other readers.
 */
export function peek(queue: SqsQueue, limit: number): Promise<readonly DeadLetter[]> {
  return withReceived(
    queue,
    ({ size }) => size >= limit,
    async (received) =>
      [...received.values()]
        .sort((one, other) => (sentAtOf(one) ?? 0) - (sentAtOf(other) ?? 0))
        .slice(0, limit)
        .map(deadLetterOf),
  )
}

/** Shows `visit` every dead letter that arrives within half a minute, and leaves them in their queue. */
export async function visitAll(queue: SqsQueue, visit: (letter: DeadLetter) => void): Promise<void> {
  const known = new Set<string>()
  await withReceived(
    queue,
    (received) => {
      for (const [id, message] of received) {
        if (known.has(id)) continue
        known.add(id)
        visit(deadLetterOf(message))
        // Only what shows it again stays in memory.
        received.set(id, { MessageId: id, ReceiptHandle: message.ReceiptHandle })
      }
      return false
    },
    () => Promise.resolve(),
  )
}

/**
 * Deletes the dead letters with these ids and resolves with how many there were. The others are hidden from other readers
 * meanwhile; after a crash, for half a minute.
 */
export function removeFrom(queue: SqsQueue, ids: readonly string[]): Promise<number> {
  return withReceived(
    queue,
    (received) => ids.every((id) => received.has(id)),
    async (received) => {
      const chosen = [...new Set(ids)].flatMap((id) => received.get(id) ?? [])
      const removals = await Promise.allSettled(
        chosen.map(async ({ MessageId = '', ReceiptHandle = '' }) => {
          await queue.remove(ReceiptHandle)
          received.delete(MessageId)
        }),
      )
      const failed = removals.find((removal) => removal.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return chosen.length
    },
  )
}

/** Receives until that is enough or nothing new comes, does the work, and shows again what it left in the map. */
async function withReceived<T>(
  queue: SqsQueue,
  isEnough: (received: Received) => boolean,
  work: (received: Received) => Promise<T>,
): Promise<T> {
  const received: Received = new Map()
  try {
    while (!isEnough(received)) {
      const messages = await queue.receive({ most: MOST_RECEIVED, wait: WAIT_MS, hide: HIDE_MS })
      const before = received.size
      for (const message of messages) received.set(message.MessageId ?? '', message)
      // Nothing new: that was all.
      if (received.size === before) break
    }
    return await work(received)
  } finally {
    // One that cannot be shown again was removed meanwhile, or is shown again later.
    await Promise.allSettled([...received.values()].map(({ ReceiptHandle = '' }) => queue.hide(ReceiptHandle, 0)))
  }
}
