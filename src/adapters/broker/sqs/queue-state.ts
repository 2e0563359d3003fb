import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { SqsConnection } from './connection.ts'

/** How many messages a queue has: about, and a little late, on SQS of AWS. */
export interface MessageCount {
  /** Can be received now, or after the delay of the queue. */
  readonly waiting: number
  /** Were received and not ended, or given back for a while that has not passed. */
  readonly unended: number
}

export async function countMessages(connection: SqsConnection, name: string, address: string): Promise<MessageCount> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: address,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  })
  const { Attributes } = await connection.call(`counting the messages of ${name}`, (client, options) =>
    client.send(command, options),
  )
  return messageCount(Attributes)
}

export function messageCount(attributes: Readonly<Record<string, string>> = {}): MessageCount {
  const count = (attribute: string) => Number(attributes[attribute] ?? 0)
  return {
    waiting: count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesDelayed'),
    unended: count('ApproximateNumberOfMessagesNotVisible'),
  }
}
