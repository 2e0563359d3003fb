import { CreateQueueCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import { ROUTES, type Queue } from '../../../ports/broker.ts'
import { checkTopology, deadLetterName } from '../topology.ts'
import type { SqsConnection } from './connection.ts'

/** The longest that SQS keeps a message: 14 days. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60
const QUEUE_NAME = /^[\w-]{1,80}$/

/** The queues that SQS carries: those whose routes go straight to them. */
export function queuesOnSqs(topology: Topology): readonly Queue[] {
  return ROUTES.map((route) => topology.routes[route])
    .filter(({ key }) => key === null)
    .flatMap(({ queues }) => queues)
}

/** Throws CONFIG_INVALID for a topology that SQS cannot have. */
export function checkNames(topology: Topology): void {
  checkTopology(topology)
  const wrong = queuesOnSqs(topology).filter((queue) => !QUEUE_NAME.test(deadLetterName(topology, queue)))
  if (wrong.length === 0) return
  const names = wrong.map((queue) => `${queue}: ${topology.queues[queue]}`).join(', ')
  throw new RevalError(
    'CONFIG_INVALID',
    `SQS queue names are limited to 76 letters, digits, hyphens and underscores: ${names}`,
  )
}

/** Finds queues by their names, and declares them where that is wanted; each once, and again after it was missing. */
export class QueueAddresses {
  readonly #connection: SqsConnection
  readonly #declare: boolean
  readonly #found = new Map<string, Promise<string>>()

  constructor(connection: SqsConnection, queues: 'declare' | 'passive') {
    this.#connection = connection
    this.#declare = queues === 'declare'
  }

  /** The address of a queue. Rejects QUEUE_MISSING, QUEUE_DIFFERS, SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED. */
  async find(name: string): Promise<string> {
    const known = this.#found.get(name)
    if (known !== undefined) return known
    const finding = this.#find(name)
    this.#found.set(name, finding)
    try {
      return await finding
    } catch (error) {
      if (this.#found.get(name) === finding) this.#found.delete(name)
      throw error
    }
  }

  /** Works on a queue that was found. One that turns out to be gone is looked for again the next time. */
  async at<T>(name: string, work: (address: string) => Promise<T>): Promise<T> {
    const address = await this.find(name)
    try {
      return await work(address)
    } catch (error) {
      if (asRevalError(error).code === 'QUEUE_MISSING') this.#found.delete(name)
      throw error
    }
  }

  async #find(name: string): Promise<string> {
    const there = await this.lookUp(name)
    if (there !== null) return there
    if (!this.#declare) throw new RevalError('QUEUE_MISSING', `SQS has no queue ${name}`, { details: { queue: name } })
    return this.#create(name)
  }

  /** The address of a queue, null where there is none; never declares it. */
  async lookUp(name: string, deadline?: number): Promise<string | null> {
    try {
      const { QueueUrl } = await this.#connection.ask(
        `looking for the queue ${name}`,
        (client, options) => client.send(new GetQueueUrlCommand({ QueueName: name }), options),
        deadline === undefined ? {} : { deadline },
      )
      return QueueUrl ?? null
    } catch (error) {
      if (asRevalError(error).code === 'QUEUE_MISSING') return null
      throw error
    }
  }

  async #create(name: string): Promise<string> {
    const { sqsVisibilityMs } = this.#connection.settings
    const command = new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        VisibilityTimeout: String(sqsVisibilityMs / 1000),
        MessageRetentionPeriod: String(RETENTION_SECONDS),
      },
    })
    try {
      const { QueueUrl } = await this.#connection.ask(`declaring the queue ${name}`, (client, options) =>
        client.send(command, options),
      )
      if (QueueUrl !== undefined) return QueueUrl
    } catch (error) {
      const { cause } = asRevalError(error)
      if (!(cause instanceof Error) || cause.name !== 'QueueNameExists') throw error
    }
    // Somebody else declared it in between, with attributes of their own: it is taken as it is.
    const there = await this.lookUp(name)
    if (there === null) throw new RevalError('QUEUE_DIFFERS', `SQS can neither find nor create the queue ${name}`)
    return there
  }
}
