import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs'
import type { DeadLetter } from '../../../ports/broker.ts'
import type { QueueAddresses } from './addresses.ts'
import { Batches } from './batches.ts'
import type { SqsConnection } from './connection.ts'
import { entriesOf, outcomesOf } from './entries.ts'
import { letterFrom } from './letter.ts'
import { readLetters } from './read-letters.ts'
import { countMessages, type MessageCount } from './queue-state.ts'

/** The longest that SQS hides a message: twelve hours. */
const LONGEST_VISIBILITY_SECONDS = 43_200
const BATCHES_AT_ONCE = 4

interface VisibilityChange {
  readonly receipt: string
  readonly seconds: number
}

/** One queue, its messages as they were received, and its dead letters. What is called at a time goes together. */
export class SqsQueue {
  readonly name: string
  readonly deadLetterName: string
  readonly #connection: SqsConnection
  readonly #addresses: QueueAddresses
  readonly #removals: Batches<string>
  readonly #visibilities: Batches<VisibilityChange>

  constructor(connection: SqsConnection, addresses: QueueAddresses, name: string, deadLetterName: string) {
    this.name = name
    this.deadLetterName = deadLetterName
    this.#connection = connection
    this.#addresses = addresses
    this.#removals = new Batches({ carryOut: (receipts) => this.#removeAll(receipts), atOnce: BATCHES_AT_ONCE })
    this.#visibilities = new Batches({ carryOut: (changes) => this.#changeAll(changes), atOnce: BATCHES_AT_ONCE })
  }

  /** Waits for messages as long as the settings say, and gives at most so many, 1 to 10; hidden from others then. */
  async receive(most: number): Promise<readonly Message[]> {
    const { sqsVisibilityMs, sqsWaitMs } = this.#connection.settings
    return this.#addresses.at(this.name, async (address) => {
      const command = new ReceiveMessageCommand({
        QueueUrl: address,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: Math.ceil(sqsWaitMs / 1000),
        VisibilityTimeout: Math.ceil(sqsVisibilityMs / 1000),
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      })
      const { Messages = [] } = await this.#connection.call(
        `receiving from ${this.name}`,
        (client, options) => client.send(command, options),
        { serverWaits: sqsWaitMs },
      )
      return Messages
    })
  }

  /** Resolves when the message is gone for good. */
  async remove(receipt: string): Promise<void> {
    await this.#removals.add(receipt)
  }

  /** Hides a received message for so long from now, in milliseconds, rounded up to seconds; 0 shows it at once. */
  async hide(receipt: string, milliseconds: number): Promise<void> {
    const seconds = Math.min(Math.ceil(milliseconds / 1000), LONGEST_VISIBILITY_SECONDS)
    await this.#visibilities.add({ receipt, seconds })
  }

  /** Puts a copy among the dead letters. Rejects QUEUE_MISSING where there is no queue for them. */
  async bury(message: Message, code: string, reason: string): Promise<void> {
    const { body, attributes } = letterFrom(message, { code, reason }, this.#connection.settings.sqsBatchBytes)
    await this.#addresses.at(this.deadLetterName, async (address) => {
      const command = new SendMessageCommand({
        QueueUrl: address,
        MessageBody: body,
        MessageAttributes: { ...attributes },
      })
      await this.#connection.call(`writing a dead letter to ${this.deadLetterName}`, (client, options) =>
        client.send(command, options),
      )
    })
  }

  async depth(): Promise<MessageCount> {
    return this.#addresses.at(this.name, (address) => countMessages(this.#connection, this.name, address))
  }

  async deadLetters(limit: number): Promise<readonly DeadLetter[]> {
    return this.#addresses.at(this.deadLetterName, (address) =>
      readLetters(this.#connection, this.deadLetterName, address, limit),
    )
  }

  async #removeAll(receipts: readonly string[]) {
    const doing = `acknowledging a message of ${this.name}`
    const result = await this.#addresses.at(this.name, (address) => {
      const entries = entriesOf(receipts, (receipt) => ({ ReceiptHandle: receipt }))
      const command = new DeleteMessageBatchCommand({ QueueUrl: address, Entries: entries })
      return this.#connection.call(doing, (client, options) => client.send(command, options))
    })
    return outcomesOf(receipts.length, doing, result)
  }

  async #changeAll(changes: readonly VisibilityChange[]) {
    const doing = `changing the visibility timeout of a message of ${this.name}`
    const result = await this.#addresses.at(this.name, (address) => {
      const entries = entriesOf(changes, ({ receipt, seconds }) => ({
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      }))
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: address, Entries: entries })
      return this.#connection.call(doing, (client, options) => client.send(command, options))
    })
    return outcomesOf(changes.length, doing, result)
  }
}
