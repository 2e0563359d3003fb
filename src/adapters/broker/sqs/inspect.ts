import { asRevalError } from '../../../errors/reval-error.ts'
import { QUEUES, type Queue } from '../../../ports/broker.ts'
import type { Finding } from '../../../ports/finding.ts'
import { deadLetterName, queueVariable } from '../topology.ts'
import type { SqsBrokerOptions } from './broker.ts'
import { SqsConnection } from './connection.ts'
import { addressOf } from './faults.ts'
import { checkNames, queuesOnSqs } from './names.ts'
import { messageCount, SqsQueue } from './queue.ts'

/** Restarts of its receivers alone may deliver a message this often. */
const FEWEST_DELIVERIES = 5
const LIMIT_MS = 5_000

interface InspectOptions extends Pick<SqsBrokerOptions, 'settings' | 'topology' | 'queues'> {
  /** The queues that are looked at; those of SQS among them, all of them where it is left out. */
  readonly used?: readonly Queue[]
}

/** What SQS has of what the job needs, and what is wrong with it. Changes nothing, and never rejects. */
export async function inspectSqs(options: InspectOptions): Promise<readonly Finding[]> {
  const what = `SQS at ${addressOf(options.settings)}`
  let connection: SqsConnection | null = null
  try {
    checkNames(options.topology)
    connection = new SqsConnection(options.settings)
    const inspection = new Inspection(options, connection)
    const { topology, used = QUEUES } = options
    const looked = queuesOnSqs(topology).filter((queue) => used.includes(queue))
    const queues = await Promise.all(looked.map((queue) => inspection.queue(queue)))
    return [{ what, status: 'ok', found: 'reachable' }, ...queues.flat()]
  } catch (error) {
    const { message, remedy } = asRevalError(error)
    return [{ what, status: 'fail', found: message, remedy }]
  } finally {
    connection?.close()
  }
}

class Inspection {
  readonly #options: InspectOptions
  readonly #connection: SqsConnection

  constructor(options: InspectOptions, connection: SqsConnection) {
    this.#options = options
    this.#connection = connection
  }

  /** Rejects where the server cannot be asked. */
  async queue(queue: Queue): Promise<readonly Finding[]> {
    const name = this.#options.topology.queues[queue]
    const what = `SQS queue ${name}`
    const [attributes, deadLetters] = await Promise.all([
      this.#attributes(name),
      this.#deadLetters(deadLetterName(this.#options.topology, queue)),
    ])
    if (attributes === null) {
      const remedy = `Create it, correct its name (${queueVariable(queue)}), or set REVAL_QUEUES=declare.`
      return [this.#missing(what, 'fail', remedy), deadLetters]
    }
    const { waiting, unacknowledged } = messageCount(attributes)
    const visibility = attributes.VisibilityTimeout ?? '?'
    const found = `${waiting} waiting, ${unacknowledged} in flight, visibility timeout ${visibility} s`
    return [{ what, status: 'ok', found }, ...this.#limits(what, queue, attributes), deadLetters]
  }

  #limits(what: string, queue: Queue, attributes: Readonly<Record<string, string>>): readonly Finding[] {
    const findings: Finding[] = []
    const { sqsMaxMessageBytes } = this.#options.settings
    const longest = Number(attributes.MaximumMessageSize ?? sqsMaxMessageBytes)
    if (longest < sqsMaxMessageBytes) {
      findings.push({
        what: `${what}: message size`,
        status: 'warn',
        found: `maximum is ${longest} bytes, but REVAL_SQS_MAX_MESSAGE_BYTES is ${sqsMaxMessageBytes}`,
        remedy: `Set REVAL_SQS_MAX_MESSAGE_BYTES=${longest} and a smaller REVAL_MESSAGE_BYTES, or raise MaximumMessageSize.`,
      })
    }
    if (attributes.RedrivePolicy !== undefined) findings.push(this.#redrive(what, queue, attributes.RedrivePolicy))
    return findings
  }

  #redrive(what: string, queue: Queue, policy: string): Finding {
    const { maxReceiveCount, deadLetterTargetArn } = JSON.parse(policy) as Record<string, unknown>
    const deliveries = Number(maxReceiveCount)
    const target = String(deadLetterTargetArn).split(':').at(-1) ?? ''
    const deadLetters = deadLetterName(this.#options.topology, queue)
    const finding = { what: `${what}: redrive policy`, found: `to ${target} after ${deliveries} deliveries` }
    // A count that cannot be read is not a good one.
    if (!(deliveries >= FEWEST_DELIVERIES)) {
      const remedy = `Raise maxReceiveCount to at least ${FEWEST_DELIVERIES}: every restart of a receiver counts.`
      return { ...finding, status: 'warn', remedy }
    }
    if (target !== deadLetters) {
      const remedy = `Change the target to ${deadLetters}, the only queue checked for dead letters.`
      return { ...finding, status: 'warn', remedy }
    }
    return { ...finding, status: 'ok' }
  }

  async #deadLetters(name: string): Promise<Finding> {
    const what = `SQS queue ${name}`
    const attributes = await this.#attributes(name)
    if (attributes === null) {
      const remedy = 'Create it, or set REVAL_QUEUES=declare; it holds messages that cannot be processed.'
      return this.#missing(what, 'warn', remedy)
    }
    const { waiting, unacknowledged } = messageCount(attributes)
    const count = waiting + unacknowledged
    if (count === 0) return { what, status: 'ok', found: 'no dead letters' }
    const remedy = 'See their reasons, fix the cause, then remove them.'
    return { what, status: 'warn', found: `${count} dead letters`, remedy }
  }

  #missing(what: string, status: 'warn' | 'fail', remedy: string): Finding {
    if (this.#options.queues === 'passive') return { what, status, found: 'not found', remedy }
    return { what, status: 'ok', found: 'not found; will be declared on first use' }
  }

  async #attributes(name: string): Promise<Readonly<Record<string, string>> | null> {
    const QueueUrl = await new SqsQueue(this.#connection, name, false).lookUp(LIMIT_MS)
    if (QueueUrl === null) return null
    const { Attributes = {} } = await this.#connection.ask(
      `inspecting queue ${name}`,
      (sqs, http) => sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] }, http),
      LIMIT_MS,
    )
    return Attributes
  }
}
