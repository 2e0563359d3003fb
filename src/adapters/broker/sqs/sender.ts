import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'
import type { QueueAddresses } from './addresses.ts'
import { Batches } from './batches.ts'
import type { SqsConnection } from './connection.ts'
import { entriesOf, outcomesOf } from './entries.ts'
import { EntryRefused } from './faults.ts'
import { sizeOf, type SqsMessage } from './message.ts'

const BATCHES_AT_ONCE = 4

export interface SenderOptions {
  readonly connection: SqsConnection
  readonly addresses: QueueAddresses
  /** The queue's name at SQS. */
  readonly name: string
}

/** Sends to one queue. */
export class Sender {
  readonly #options: SenderOptions
  readonly #batches: Batches<SqsMessage>

  constructor(options: SenderOptions) {
    const { connection } = options
    this.#options = options
    this.#batches = new Batches({
      carryOut: (messages) => this.#sendBatch(messages),
      atOnce: BATCHES_AT_ONCE,
      size: sizeOf,
      most: connection.settings.sqsBatchBytes,
    })
  }

  /** Resolves when SQS has the message. */
  async send(message: SqsMessage, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#assertFits(message)
    await this.#sendOne(message, signal)
  }

  /** Rejects what is not under way yet. */
  end(reason: RevalError): void {
    this.#batches.failAll(reason)
  }

  /** What SQS refused by its own fault, and took the rest of the batch, is sent once more. */
  async #sendOne(message: SqsMessage, signal?: AbortSignal): Promise<void> {
    try {
      await this.#batches.add(message, signal)
    } catch (error) {
      if (!(error instanceof EntryRefused && error.transient)) throw error
      await this.#batches.add(message, signal)
    }
  }

  async #sendBatch(messages: readonly SqsMessage[]): Promise<readonly (RevalError | null)[]> {
    const { addresses, connection, name } = this.#options
    const doing = `sending to ${name}`
    const result = await addresses.at(name, (address) => {
      const entry = ({ body, attributes }: SqsMessage) => ({ MessageBody: body, MessageAttributes: { ...attributes } })
      const command = new SendMessageBatchCommand({ QueueUrl: address, Entries: entriesOf(messages, entry) })
      return connection.call(doing, (client, options) => client.send(command, options))
    })
    return outcomesOf(messages.length, doing, result)
  }

  #assertFits(message: SqsMessage): void {
    const { sqsBatchBytes } = this.#options.connection.settings
    const size = sizeOf(message)
    if (size <= sqsBatchBytes) return
    throw new RevalError(
      'BROKER_FAILED',
      `a message of ${size} bytes including attributes exceeds REVAL_SQS_BATCH_BYTES=${sqsBatchBytes}: ` +
        'reduce REVAL_MESSAGE_BYTES, or raise the limit if SQS accepts more',
    )
  }
}
