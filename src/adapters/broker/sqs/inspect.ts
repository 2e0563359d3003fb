import { asRevalError } from '../../../errors/reval-error.ts'
import type { Queue } from '../../../ports/broker.ts'
import type { Finding } from '../../../ports/finding.ts'
import { deadLetterName } from '../topology.ts'
import type { SqsBrokerOptions } from './broker.ts'
import { SqsConnection } from './connection.ts'
import { addressOf } from './faults.ts'
import { checkNames, queuesOnSqs } from './names.ts'
import { messageCount, SqsQueue } from './queue.ts'

/** A message may be delivered so often by mere restarts of its receivers. */
const FEWEST_DELIVERIES = 5
const LIMIT_MS = 5_000

type InspectOptions = Pick<SqsBrokerOptions, 'settings' | 'topology' | 'queues'>

/** What is there at SQS of what the job needs, and what is wrong. Changes nothing, and rejects for nothing. */
export async function inspectSqs(options: InspectOptions): Promise<readonly Finding[]> {
  const what = `SQS at ${addressOf(options.settings)}`
  let connection: SqsConnection | null = null
  try {
    checkNames(options.topology)
    connection = new SqsConnection(options.settings)
    const inspection = new Inspection(options, connection)
    const queues = await Promise.all(queuesOnSqs(options.topology).map((queue) => inspection.queue(queue)))
    return [{ what, standing: 'good', found: 'reachable' }, ...queues.flat()]
  } catch (error) {
    const { message, remedy } = asRevalError(error)
    return [{ what, standing: 'bad', found: message, remedy }]
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
    const [attributes, letters] = await Promise.all([
      this.#attributes(name),
      this.#deadLetters(deadLetterName(this.#options.topology, queue)),
    ])
    if (attributes === null) return [this.#missing(what, queue), letters]
    const { waiting, unended } = messageCount(attributes)
    const visibility = attributes.VisibilityTimeout ?? '?'
    const found = `${waiting} waiting, ${unended} in flight, visibility timeout ${visibility} s`
    return [{ what, standing: 'good', found }, ...this.#limits(what, queue, attributes), letters]
  }

  #limits(what: string, queue: Queue, attributes: Readonly<Record<string, string>>): readonly Finding[] {
    const findings: Finding[] = []
    const { sqsMaxMessageBytes } = this.#options.settings
    const longest = Number(attributes.MaximumMessageSize ?? sqsMaxMessageBytes)
    if (longest < sqsMaxMessageBytes) {
      findings.push({
        what: `${what}: message size`,
        standing: 'doubtful',
        found: `maximum is ${longest} bytes, but REVAL_SQS_MAX_MESSAGE_BYTES is ${sqsMaxMessageBytes}`,
        remedy: `Set REVAL_SQS_MAX_MESSAGE_BYTES=${longest} and a smaller REVAL_MESSAGE_BYTES, or raise MaximumMessageSize.`,
      })
    }
    if (attributes.RedrivePolicy !== undefined) findings.push(this.#redrive(what, queue, attributes.RedrivePolicy))
    return findings
  }

  #redrive(what: string, queue: Queue, policy: string): Finding {
    const { maxReceiveCount, deadLetterTargetArn } = redriveOf(policy)
    const target = deadLetterTargetArn.split(':').at(-1) ?? ''
    const letters = deadLetterName(this.#options.topology, queue)
    const finding = { what: `${what}: redrive policy`, found: `to ${target} after ${maxReceiveCount} deliveries` }
    // A count that cannot be read is not a good one.
    if (!(maxReceiveCount >= FEWEST_DELIVERIES)) {
      const remedy = `Raise maxReceiveCount to at least ${FEWEST_DELIVERIES}: every restart of a receiver counts.`
      return { ...finding, standing: 'doubtful', remedy }
    }
    if (target !== letters) {
      const remedy = `Change the target to ${letters}, the only queue checked for dead letters.`
      return { ...finding, standing: 'doubtful', remedy }
    }
    return { ...finding, standing: 'good' }
  }

  async #deadLetters(name: string): Promise<Finding> {
    const what = `SQS queue ${name}`
    const attributes = await this.#attributes(name)
    if (attributes === null) {
      const found = 'not found'
      if (this.#options.queues === 'declare') return { what, standing: 'good', found: `${found}; will be declared` }
      const remedy = 'Create it, or set REVAL_QUEUES=declare; it holds messages that cannot be processed.'
      return { what, standing: 'doubtful', found, remedy }
    }
    const { waiting, unended } = messageCount(attributes)
    const letters = waiting + unended
    if (letters === 0) return { what, standing: 'good', found: 'no dead letters' }
    const remedy = 'See their reasons, fix the cause, then remove them.'
    return { what, standing: 'doubtful', found: `${letters} dead letters`, remedy }
  }

  #missing(what: string, queue: Queue): Finding {
    const found = 'not found'
    if (this.#options.queues === 'declare') {
      return { what, standing: 'good', found: `${found}; will be declared on first use` }
    }
    const remedy = `Create it, correct its name (${variableOf(queue)}), or set REVAL_QUEUES=declare.`
    return { what, standing: 'bad', found, remedy }
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

function redriveOf(policy: string): { readonly maxReceiveCount: number; readonly deadLetterTargetArn: string } {
  try {
    const read = JSON.parse(policy) as { maxReceiveCount?: unknown; deadLetterTargetArn?: unknown } | null
    return {
      maxReceiveCount: Number(read?.maxReceiveCount),
      deadLetterTargetArn: String(read?.deadLetterTargetArn),
    }
  } catch {
    // The finding says so: neither a number nor a name.
    return { maxReceiveCount: NaN, deadLetterTargetArn: 'an unknown queue' }
  }
}

/** The setting of a queue's name: doctorData is REVAL_QUEUE_DOCTOR_DATA. */
function variableOf(queue: Queue): string {
  return `REVAL_QUEUE_${queue.replaceAll(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`
}
