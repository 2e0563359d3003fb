import type { Message, ReceiveMessageCommandInput, SQS } from '@aws-sdk/client-sqs'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { QueueDepth } from '../../../ports/broker.ts'
import { CALL_MS, type HttpOptions, type SqsConnection } from './connection.ts'
import type { SqsMessage } from './message.ts'
import { Removals } from './removals.ts'

/** The most that SQS gives in one receive. */
export const MOST_RECEIVED = 10
/** The longest that SQS keeps a message: 14 days. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60
/** The longest that SQS hides a message: twelve hours. */
const LONGEST_HIDE_MS = 12 * 60 * 60 * 1000
const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

export interface ReceiveOptions {
  /** 1 to 10. */
  readonly most: number
  /** How long SQS waits for a message when there is none, in milliseconds. */
  readonly wait: number
  /** How long what is received stays hidden from others, in milliseconds. */
  readonly hide: number
}

type QueueWork<T> = (sqs: SQS, queue: { readonly QueueUrl: string }, http: HttpOptions) => Promise<T>

/**
 * One queue at SQS. Its address is looked up at the first use, and again after the queue was missing; where `declare`
 * is set, a missing queue is created. Every method rejects QUEUE_MISSING, transient if the queue was there before, or as
 * `SqsConnection.work` does.
 */
export class SqsQueue {
  readonly name: string
  readonly #connection: SqsConnection
  readonly #declare: boolean
  readonly #removals = new Removals((entries) =>
    this.#work('acknowledging messages of', (sqs, queue, http) =>
      sqs.deleteMessageBatch({ ...queue, Entries: [...entries] }, http),
    ),
  )
  #address: Promise<string> | null = null
  /** A queue that was there once may be missing only while the server starts, or until it is created again. */
  #wasFound = false

  constructor(connection: SqsConnection, name: string, declare: boolean) {
    this.#connection = connection
    this.name = name
    this.#declare = declare
  }

  /** The address of the queue. Rejects QUEUE_MISSING, SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED, BROKER_FAILED. */
  async find(): Promise<string> {
    const finding = (this.#address ??= this.#findOrCreate())
    try {
      const address = await finding
      this.#wasFound = true
      return address
    } catch (error) {
      if (this.#address === finding) this.#address = null
      throw error
    }
  }

  /** The address of the queue, null if it does not exist; never creates it. */
  async lookUp(limit?: number): Promise<string | null> {
    try {
      const { QueueUrl = null } = await this.#connection.ask(
        `looking up queue ${this.name}`,
        (sqs, http) => sqs.getQueueUrl({ QueueName: this.name }, http),
        limit,
      )
      return QueueUrl
    } catch (error) {
      if (asRevalError(error).code === 'QUEUE_MISSING') return null
      throw error
    }
  }

  /** Resolves when SQS has the message. */
  async send({ body, attributes }: SqsMessage): Promise<void> {
    const message = { MessageBody: body, MessageAttributes: { ...attributes } }
    await this.#work('sending to', (sqs, queue, http) => sqs.sendMessage({ ...queue, ...message }, http))
  }

  /** What can be received, at most `most`; nothing when `wait` passes without a message. */
  async receive({ most, wait, hide }: ReceiveOptions): Promise<readonly Message[]> {
    const request: Omit<ReceiveMessageCommandInput, 'QueueUrl'> = {
      MaxNumberOfMessages: most,
      WaitTimeSeconds: inSeconds(wait),
      VisibilityTimeout: inSeconds(hide),
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    }
    const { Messages = [] } = await this.#work(
      'receiving from',
      (sqs, queue, http) => sqs.receiveMessage({ ...queue, ...request }, http),
      CALL_MS + wait,
    )
    return Messages
  }

  /** Resolves when the message is gone for good. */
  async remove(receipt: string): Promise<void> {
    await this.#removals.add(receipt)
  }

  /** Hides a received message for so many milliseconds from now, rounded up to seconds; 0 shows it at once. */
  async hide(receipt: string, milliseconds: number): Promise<void> {
    const change = { ReceiptHandle: receipt, VisibilityTimeout: inSeconds(Math.min(milliseconds, LONGEST_HIDE_MS)) }
    await this.#work('changing the visibility timeout of a message of', (sqs, queue, http) =>
      sqs.changeMessageVisibility({ ...queue, ...change }, http),
    )
  }

  async count(): Promise<MessageCount> {
    const { Attributes } = await this.#work('counting the messages of', (sqs, queue, http) =>
      sqs.getQueueAttributes({ ...queue, AttributeNames: [...COUNTS] }, http),
    )
    return messageCount(Attributes)
  }

  /** Forgets the address of a queue that turns out to be gone: the next use looks it up again. */
  async #work<T>(doing: string, work: QueueWork<T>, limit?: number): Promise<T> {
    const queue = { QueueUrl: await this.find() }
    try {
      return await this.#connection.work(`${doing} ${this.name}`, (sqs, http) => work(sqs, queue, http), limit)
    } catch (error) {
      if (asRevalError(error).code !== 'QUEUE_MISSING') throw error
      this.#address = null
      throw this.#missing(error)
    }
  }

  async #findOrCreate(): Promise<string> {
    const address = (await this.lookUp()) ?? (this.#declare ? await this.#create() : null)
    if (address !== null) return address
    throw this.#missing()
  }

  #missing(cause?: unknown): RevalError {
    const options = { cause, details: { queue: this.name }, transient: this.#wasFound }
    return new RevalError('QUEUE_MISSING', `SQS has no queue ${this.name}`, options)
  }

  async #create(): Promise<string | null> {
    const attributes = {
      VisibilityTimeout: String(inSeconds(this.#connection.settings.sqsVisibilityMs)),
      MessageRetentionPeriod: String(RETENTION_SECONDS),
    }
    try {
      const { QueueUrl = null } = await this.#connection.ask(`declaring queue ${this.name}`, (sqs, http) =>
        sqs.createQueue({ QueueName: this.name, Attributes: attributes }, http),
      )
      return QueueUrl
    } catch (error) {
      // Another process may just have declared it with other attributes: then it is used as it is.
      const there = await this.lookUp()
      if (there === null) throw error
      return there
    }
  }
}

export type MessageCount = Pick<QueueDepth, 'waiting' | 'unacknowledged'>

/** Approximate and a little late at AWS. A delayed message is waiting; one given back for a while is unacknowledged. */
export function messageCount(attributes: Readonly<Record<string, string>> = {}): MessageCount {
  const count = (attribute: string) => Number(attributes[attribute] ?? 0)
  return {
    waiting: count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesDelayed'),
    unacknowledged: count('ApproximateNumberOfMessagesNotVisible'),
  }
}

function inSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000)
}
