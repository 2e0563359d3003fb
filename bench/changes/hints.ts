import { SQS } from '@aws-sdk/client-sqs'
import { Connection, type Publisher } from 'rabbitmq-client'
import { servers } from '../../test/stack/servers.ts'
import type { Change } from './subjects.ts'

/** The most that SQS takes in one request. */
const SQS_BATCH = 10

/** Publishes hints to the three channels, as TCS and the change streams of MongoDB do. */
export class Hints {
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #rabbitmq: Connection
  readonly #publisher: Publisher
  readonly #sqs: SQS
  readonly #queues = new Map<string, Promise<string>>()

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment
    const { hostname, port } = new URL(servers.rabbitmq.url)
    const { user, password } = servers.rabbitmq
    this.#rabbitmq = new Connection({ hostname, port: Number(port), username: user, password })
    this.#publisher = this.#rabbitmq.createPublisher({ confirm: true })
    const { endpoint, region, accessKeyId, secretAccessKey } = servers.sqs
    this.#sqs = new SQS({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      useQueueUrlAsEndpoint: false,
    })
  }

  /** Resolves once the brokers have all of them. */
  async publish(changes: readonly Change[]): Promise<void> {
    const of = (kind: Change['subject']['kind']) => changes.filter(({ subject }) => subject.kind === kind)
    await Promise.all([
      ...of('person').map((change) => this.#publish(traineeMessage(change))),
      this.#send('REVAL_QUEUE_DOCTOR_CHANGED', of('doctor').map(doctorEvent)),
      this.#send('REVAL_QUEUE_RECOMMENDATION_CHANGED', of('recommendation').map(recommendationEvent)),
    ])
  }

  async close(): Promise<void> {
    this.#sqs.destroy()
    await this.#publisher.close()
    await this.#rabbitmq.close()
  }

  async #publish(body: object): Promise<void> {
    const { REVAL_EXCHANGE: exchange = '', REVAL_KEY_TRAINEE_CHANGED: routingKey = '' } = this.#environment
    await this.#publisher.send({ exchange, routingKey }, Buffer.from(JSON.stringify(body)))
  }

  async #send(variable: string, bodies: readonly object[]): Promise<void> {
    if (bodies.length === 0) return
    const QueueUrl = await this.#urlOf(this.#environment[variable] ?? '')
    const batches: (readonly object[])[] = []
    for (let from = 0; from < bodies.length; from += SQS_BATCH) batches.push(bodies.slice(from, from + SQS_BATCH))
    await Promise.all(
      batches.map(async (some) => {
        const Entries = some.map((body, at) => ({ Id: String(at), MessageBody: JSON.stringify(body) }))
        const { Failed = [] } = await this.#sqs.sendMessageBatch({ QueueUrl, Entries })
        if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message}`)
      }),
    )
  }

  #urlOf(name: string): Promise<string> {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const found = this.#sqs.getQueueUrl({ QueueName: name }).then(({ QueueUrl = '' }) => QueueUrl)
    this.#queues.set(name, found)
    return found
  }
}

/** As captured from the Java service of TCS. */
function traineeMessage({ subject, value }: Change): object {
  return {
    tcsPersonId: Number(subject.id),
    gmcReferenceNumber: subject.number,
    doctorFirstName: 'Testa',
    doctorLastName: value,
    submissionDate: null,
    programmeName: 'Cardiology',
    programmeMembershipType: 'SUBSTANTIVE',
    designatedBody: null,
    tcsDesignatedBody: '1-1RSSQ1B',
    programmeOwner: 'North East',
    connectionStatus: null,
    programmeMembershipStartDate: [2021, 7, 23],
    programmeMembershipEndDate: [2033, 7, 16],
    curriculumEndDate: [2029, 1, 17],
    dataSource: 'TCS',
    syncEnd: null,
  }
}

function doctorEvent({ subject, value }: Change): object {
  return {
    operationType: 'update',
    ns: { db: 'revalidation', coll: 'doctorsForDB' },
    documentKey: { _id: subject.id },
    fullDocument: { _id: subject.id, doctorFirstName: 'Testa', doctorLastName: 'Changed', admin: value },
    updateDescription: { updatedFields: { admin: value }, removedFields: [] },
  }
}

function recommendationEvent({ subject, value }: Change): object {
  const _id = /^[0-9a-f]{24}$/.test(subject.id) ? { $oid: subject.id } : subject.id
  return {
    operationType: 'update',
    ns: { db: 'revalidation', coll: 'recommendation' },
    documentKey: { _id },
    fullDocument: { _id, gmcNumber: subject.number, outcome: value },
    updateDescription: { updatedFields: { outcome: value }, removedFields: [] },
  }
}
