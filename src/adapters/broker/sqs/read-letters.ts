import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand, type Message } from '@aws-sdk/client-sqs'
import type { DeadLetter } from '../../../ports/broker.ts'
import { MOST_ENTRIES } from './batches.ts'
import type { SqsConnection } from './connection.ts'
import { entriesOf } from './entries.ts'
import { letterOf } from './letter.ts'

/** Letters that are read are hidden from other readers for so long at most. */
const READING_SECONDS = 30
/** A look without waiting asks only some of the machines of AWS and may miss letters. */
const WAIT_SECONDS = 1

/**
 * Looks at dead letters and leaves them: at most `limit`, the oldest of those that were found first. SQS gives them in
 * no order, and each is hidden for a moment from others who look.
 */
export async function readLetters(
  connection: SqsConnection,
  name: string,
  address: string,
  limit: number,
): Promise<readonly DeadLetter[]> {
  const found = new Map<string, Message>()
  const receipts = new Map<string, string>()
  try {
    while (found.size < limit) {
      const command = new ReceiveMessageCommand({
        QueueUrl: address,
        MaxNumberOfMessages: MOST_ENTRIES,
        WaitTimeSeconds: WAIT_SECONDS,
        VisibilityTimeout: READING_SECONDS,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      })
      const { Messages = [] } = await connection.call(
        `reading ${name}`,
        (client, options) => client.send(command, options),
        { serverWaits: WAIT_SECONDS * 1000 },
      )
      const before = found.size
      for (const message of Messages) {
        const { MessageId = '', ReceiptHandle = '' } = message
        receipts.set(MessageId, ReceiptHandle)
        found.set(MessageId, message)
      }
      // Nothing, or only what had come before: that was all.
      if (found.size === before) break
    }
  } finally {
    await showAgain(connection, name, address, [...receipts.values()])
  }
  return [...found.values()]
    .sort((one, other) => sentAt(one) - sentAt(other))
    .slice(0, limit)
    .map(letterOf)
}

function sentAt({ Attributes }: Message): number {
  return Number(Attributes?.SentTimestamp ?? 0)
}

async function showAgain(
  connection: SqsConnection,
  name: string,
  address: string,
  receipts: readonly string[],
): Promise<void> {
  for (let from = 0; from < receipts.length; from += MOST_ENTRIES) {
    const some = receipts.slice(from, from + MOST_ENTRIES)
    const entries = entriesOf(some, (receipt) => ({ ReceiptHandle: receipt, VisibilityTimeout: 0 }))
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: address, Entries: entries })
    // What became of single entries does not matter: such a letter was taken away, or shows again by itself.
    await connection.call(`reading ${name}`, (client, options) => client.send(command, options))
  }
}
