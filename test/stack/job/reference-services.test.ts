import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CreateQueueCommand, GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { MongoClient } from 'mongodb'
import { backendsOf } from '../../../src/app/backends.ts'
import type { ProcessesView, ProcessView } from '../../../src/app/processes/processes-view.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { readConfig } from '../../../src/config/config.ts'
import { inChunks } from '../../../src/domain/chunks.ts'
import type { Topology } from '../../../src/messages/topology.ts'
import { textOf } from '../../messages/bodies.ts'
import { withTextDates } from '../../messages/captures.ts'
import { referenceMessages, type Sent } from '../../app/job/reference-services.ts'
import { expectedDocuments, Workplace, type Owner } from '../../app/job/workplace.ts'
import { eventually, within } from '../../contract/broker/inbox.ts'
import { declareAsJavaDoes, foreignClient } from '../broker/rabbitmq-place.ts'
import { servers } from '../servers.ts'
import { Installation } from './installation.ts'

/** What every message of a Java service has besides its body. */
const OF_JAVA = { contentType: 'application/json', contentEncoding: 'UTF-8', durable: true, priority: 0 } as const
const COMMAND_OF_JAVA = { ...OF_JAVA, headers: { __TypeId__: 'java.lang.String' } }
const TRAINEE_OF_JAVA = { ...OF_JAVA, headers: { __TypeId__: 'uk.nhs.tis.revalidation.TraineeDto' } }

/** What the Java tcs and recommendation would send of the sample. */
async function sampleMessages(t: Owner): Promise<{ readonly trainees: Sent; readonly doctors: Sent }> {
  const place = await Workplace.make(t)
  await place.loadSample()
  const backends = await (await backendsOf(place.config)).openWorker(place.config, SERVICE_NAMES)
  try {
    return await referenceMessages(backends, place.config)
  } finally {
    await backends.close()
  }
}

function sqsClient(): SQSClient {
  const { endpoint, region, accessKeyId, secretAccessKey } = servers.sqs
  return new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
}

/** Queues as the Java services declare them. */
async function asJavaLeavesIt(place: Installation): Promise<Topology> {
  const { topology } = readConfig(place.environment).queues
  await declareAsJavaDoes(topology)
  const sqs = sqsClient()
  await sqs.send(new CreateQueueCommand({ QueueName: topology.queues.doctorData }))
  sqs.destroy()
  return topology
}

describe('beside services of the reference, on the queues that those declared', () => {
  test('a run with a Java tcs comes out as it must', async (t) => {
    const place = await Installation.make(t, {
      REVAL_QUEUES: 'passive',
      REVAL_QUIET_SECONDS: '2',
      REVAL_PREFETCH: '100',
    })
    await place.loadSample()
    const { trainees } = await sampleMessages(t)
    const topology = await asJavaLeavesIt(place)
    await using closing = new AsyncDisposableStack()
    const rabbitmq = closing.use(foreignClient())
    const { exchange, queues, routes } = topology
    const asked: unknown[] = []
    const tcs = rabbitmq.createConsumer(
      { queue: queues.syncStart, queueOptions: { passive: true } },
      async (command) => {
        asked.push(JSON.parse(String(command.body)))
        const publisher = rabbitmq.createPublisher({ confirm: true })
        for (const body of [...trainees.rows, trainees.end]) {
          const envelope = { ...TRAINEE_OF_JAVA, exchange, routingKey: routes.traineeData.key ?? '' }
          await publisher.send(envelope, Buffer.from(body))
        }
        await publisher.close()
      },
    )
    // The connection waits for its consumers, so that they are closed before.
    closing.defer(() => tcs.close())
    await place.startAll(['integration', 'recommendation', 'connection'])
    const { complaints } = await place.refused('sync')
    assert.match(complaints, /error CHECK_UNPROVED: /)
    const [, held = ''] = /^(\S+).*held back/m.exec(await place.reval('runs')) ?? []
    await place.reval('promote', held, '--why', 'the counts are right')
    assert.deepEqual(await place.documents(), expectedDocuments())
    // Now there is something to compare with.
    assert.equal((await place.sync()).state, 'live')
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.deepEqual(asked, ['syncStart', 'syncStart'])
  })

  test('a run with a Java recommendation comes out as it must, and a Java connection receives changed rows with their reason', async (t) => {
    const peers = { REVAL_JAVA_PEERS: 'recommendation,connection', REVAL_LISTS: 'tables' }
    const place = await Installation.make(t, { ...peers, REVAL_QUEUES: 'passive', REVAL_QUIET_SECONDS: '2' })
    await place.loadSample()
    const { doctors } = await sampleMessages(t)
    const topology = await asJavaLeavesIt(place)
    await using closing = new AsyncDisposableStack()
    const rabbitmq = closing.use(foreignClient())
    const { queues } = topology
    const recommendation = rabbitmq.createConsumer(
      { queue: queues.gmcSyncStart, queueOptions: { passive: true } },
      () => sendToSqs(queues.doctorData, [...doctors.rows, doctors.end]),
    )
    closing.defer(() => recommendation.close())
    const received: (readonly [headers: unknown, body: Readonly<Record<string, unknown>>])[] = []
    const connection = rabbitmq.createConsumer(
      { queue: queues['masterRowChanged.connection'], queueOptions: { passive: true } },
      ({ headers, body }) => {
        received.push([headers, JSON.parse(String(body)) as Readonly<Record<string, unknown>>])
      },
    )
    closing.defer(() => connection.close())
    await place.startAll(['integration', 'tcs'])
    const { complaints } = await place.refused('sync')
    assert.match(complaints, /error CHECK_UNPROVED: doctors sent without totals/)
    const [, held = ''] = /^(\S+).*held back/m.exec(await place.reval('runs')) ?? []
    await place.reval('promote', held, '--why', 'the counts are right')
    assert.deepEqual(await place.documents(), expectedDocuments())
    for (const queue of ['getMaster.recommendation', 'getMaster.connection'] as const) {
      assert.equal((await rabbitmq.queueDeclare({ queue: queues[queue], passive: true })).messageCount, 0, queue)
    }
    const [withReason] = expectedDocuments().exceptionindex.filter((each) => each.includes('exceptionReason'))
    const document = JSON.parse(withReason ?? '{}') as Readonly<Record<string, unknown>>
    const number = String(document.gmcReferenceNumber)
    await renameDoctor(place, number)
    await place.reval('resync', number)
    await eventually(
      () => Promise.resolve(received.filter(([, body]) => body.gmcReferenceNumber === number)),
      (found) => found.length > 0,
    )
    const [headers, body] = received.find((each) => each[1].gmcReferenceNumber === number) ?? []
    assert.deepEqual(headers, {})
    assert.deepEqual([body?.doctorLastName, body?.exceptionReason], ['RENAMED', document.exceptionReason])
  })

  test('tcs sends what a Java integration service reads, at its command', async (t) => {
    const peers = { REVAL_JAVA_PEERS: 'integration,recommendation,connection' }
    const place = await Installation.make(t, { ...peers, REVAL_QUEUES: 'passive', REVAL_QUIET_SECONDS: '2' })
    await place.loadSample()
    const { trainees } = await sampleMessages(t)
    const topology = await asJavaLeavesIt(place)
    await using closing = new AsyncDisposableStack()
    const rabbitmq = closing.use(foreignClient())
    const { exchange, queues, routes } = topology
    const publisher = rabbitmq.createPublisher({ confirm: true })
    const envelope = { ...COMMAND_OF_JAVA, exchange, routingKey: routes.syncStart.key ?? '' }
    const inQueue = async () => (await rabbitmq.queueDeclare({ queue: queues.traineeData, passive: true })).messageCount
    const untilSend = async (wanted: Partial<ProcessView['sends'][number]>) => {
      const isWanted = (sends: ProcessView['sends']) => sends.some((send) => isLike(send, wanted))
      assert.ok(isWanted(await eventually(() => sendsOf(place), isWanted, 90_000)), JSON.stringify(wanted))
    }
    // Java integration is down: the rows wait, and so does the end message. Then tcs dies, and says nothing more.
    const waiting = { state: 'waiting', inQueue: trainees.rows.length } as const
    const killed = await place.start('tcs')
    await publisher.send(envelope, Buffer.from('"syncStart"'))
    await untilSend(waiting)
    killed.kill('SIGKILL')
    await untilSend({ state: 'interrupted', rows: trainees.rows.length })
    assert.equal(await inQueue(), trainees.rows.length)
    // The next send starts with an empty queue.
    await rabbitmq.queuePurge({ queue: queues.traineeData })
    const tcs = await place.start('tcs')
    await publisher.send(envelope, Buffer.from('"syncStart"'))
    await untilSend(waiting)
    assert.equal(await inQueue(), trainees.rows.length)
    const came: {
      readonly body: unknown
      readonly contentType: unknown
      readonly contentEncoding: unknown
      readonly headers: object
    }[] = []
    const ended = Promise.withResolvers<undefined>()
    const taking = rabbitmq.createConsumer(
      { queue: queues.traineeData, queueOptions: { passive: true } },
      (message) => {
        const { contentType, contentEncoding, headers = {} } = message
        const body = JSON.parse(String(message.body)) as { syncEnd?: boolean }
        came.push({ body, contentType, contentEncoding, headers })
        if (body.syncEnd === true) ended.resolve(undefined)
      },
    )
    closing.defer(() => taking.close())
    await within(ended.promise, 'the end message of tcs')
    for (const { contentType, contentEncoding, headers } of came) {
      assert.deepEqual([contentType, contentEncoding, headers], ['application/json', 'UTF-8', {}])
    }
    assert.deepEqual(inOrder(came.slice(0, -1).map(({ body }) => body)), inOrder(parsed(trainees)))
    await publisher.close()
    await tcs.stop()
    const told = tcs.logged.filter(({ stage }) => stage === 'trainees').map(({ msg, rows }) => [msg, rows])
    assert.deepEqual(told, [
      ['sending to the Java integration service', undefined],
      ['all rows sent, waiting until the receiver has taken them', trainees.rows.length],
      ['all rows and the end message sent to the Java integration service', trainees.rows.length],
    ])
    await untilSend({ state: 'sent', rows: trainees.rows.length, failedRows: 0 })
    assert.match(
      await place.reval('status'),
      /^No runs yet\..*\nto the Java integration service:\n.*and the end message at/s,
    )
  })
})

/** Sends bodies as a Java recommendation does, with its message attributes. */
async function sendToSqs(queue: string, bodies: readonly Uint8Array[]): Promise<void> {
  const sqs = sqsClient()
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }))
  const MessageAttributes = {
    id: { DataType: 'String', StringValue: '891dfaa7-6d7d-01a7-933d-2f38bbe6026d' },
    timestamp: { DataType: 'Number.java.lang.Long', StringValue: '1795655908156' },
    contentType: { DataType: 'String', StringValue: 'application/json' },
  }
  for (const some of inChunks(bodies, 10)) {
    const Entries = some.map((body, at) => ({ Id: String(at), MessageBody: textOf(body), MessageAttributes }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  sqs.destroy()
}

/** Gives a doctor another name in the source. */
async function renameDoctor(place: Installation, number: string): Promise<void> {
  const client = await MongoClient.connect(place.environment.REVAL_MONGODB_URL ?? '')
  try {
    const doctors = client.db().collection<{ _id: string }>('doctorsForDB')
    assert.equal((await doctors.updateOne({ _id: number }, { $set: { doctorLastName: 'RENAMED' } })).modifiedCount, 1)
  } finally {
    await client.close()
  }
}

const isLike = (whole: object, part: object) =>
  Object.entries(part).every(([name, value]) => Object.entries(whole).some(([own, of]) => own === name && of === value))

/** What `reval status` shows of sends without a run. */
async function sendsOf(place: Installation): Promise<ProcessView['sends']> {
  const { processes } = JSON.parse(await place.reval('status', '--processes', '--json')) as ProcessesView
  return processes.flatMap(({ sends }) => sends)
}

/** Ours writes dates as text, which the Java services read as well. */
function parsed({ rows }: Sent): unknown[] {
  return rows.map((row) => JSON.parse(withTextDates(textOf(row))) as unknown)
}

const inOrder = (bodies: readonly unknown[]): string[] => bodies.map((body) => JSON.stringify(body)).sort()
