import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { backendsOf } from '../../../src/app/backends.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { readConfig } from '../../../src/config/config.ts'
import type { Topology } from '../../../src/messages/topology.ts'
import { textOf } from '../../messages/bodies.ts'
import { withTextDates } from '../../messages/captures.ts'
import { referenceMessages, type Sent } from '../../app/job/reference-services.ts'
import { expectedDocuments, Workplace, type Owner } from '../../app/job/workplace.ts'
import { within } from '../../contract/broker/inbox.ts'
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

/** Queues as the Java services have them, and the client of one of those services at SQS. */
async function asJavaLeavesIt(place: Installation): Promise<{ topology: Topology; queueUrl: string; sqs: SQSClient }> {
  const { topology } = readConfig(place.environment).queues
  await declareAsJavaDoes(topology)
  const sqs = sqsClient()
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: topology.queues.doctorData }))
  return { topology, queueUrl: QueueUrl, sqs }
}

describe('beside services of the reference, on the queues that those declared', () => {
  test('integration and connection make of reference-shaped messages what must come out', async (t) => {
    const place = await Installation.make(t, {
      REVAL_QUEUES: 'passive',
      REVAL_QUIET_SECONDS: '2',
      REVAL_PREFETCH: '100',
    })
    await place.loadSample()
    const { trainees, doctors } = await sampleMessages(t)
    const { topology, queueUrl, sqs } = await asJavaLeavesIt(place)
    await using closing = new AsyncDisposableStack()
    closing.defer(async () => sqs.destroy())
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
    const gmc = rabbitmq.createConsumer(
      { queue: queues.gmcSyncStart, queueOptions: { passive: true } },
      async (command) => {
        asked.push(JSON.parse(String(command.body)))
        for (const body of [...doctors.rows, doctors.end]) {
          const MessageAttributes = {
            id: { DataType: 'String', StringValue: '6a2f41a3-c54c-fce8-32d2-0324e1c32e22' },
            timestamp: { DataType: 'Number.java.lang.Long', StringValue: '1780315200000' },
            contentType: { DataType: 'String', StringValue: 'application/json' },
          }
          await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: textOf(body), MessageAttributes }))
        }
      },
    )
    // The connection waits for its consumers, so that they are closed before.
    closing.defer(() => tcs.close())
    closing.defer(() => gmc.close())
    await place.startAll(['integration', 'connection'])
    const { complaints } = await place.refused('sync')
    assert.match(complaints, /error CHECK_UNPROVED: /)
    const [, held = ''] = /^(\S+).*held back/m.exec(await place.reval('runs')) ?? []
    await place.reval('promote', held, '--why', 'the counts are right')
    assert.deepEqual(await place.documents(), expectedDocuments())
    // Now there is something to compare with.
    assert.equal((await place.sync()).state, 'live')
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.deepEqual(asked, ['syncStart', 'gmcSyncStart', 'syncStart', 'gmcSyncStart'])
  })

  test('tcs and recommendation send what an integration of the reference takes, at its commands', async (t) => {
    const place = await Installation.make(t, { REVAL_QUEUES: 'passive' })
    await place.loadSample()
    const { trainees, doctors } = await sampleMessages(t)
    const { topology, queueUrl, sqs } = await asJavaLeavesIt(place)
    await using closing = new AsyncDisposableStack()
    closing.defer(async () => sqs.destroy())
    const rabbitmq = closing.use(foreignClient())
    const { exchange, queues, routes } = topology
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
    await place.startAll(['tcs', 'recommendation'])
    const publisher = rabbitmq.createPublisher({ confirm: true })
    for (const command of ['syncStart', 'gmcSyncStart'] as const) {
      const envelope = { ...COMMAND_OF_JAVA, exchange, routingKey: routes[command].key ?? '' }
      await publisher.send(envelope, Buffer.from(`"${command}"`))
    }
    await within(ended.promise, 'the end message of tcs')
    for (const { contentType, contentEncoding, headers } of came) {
      assert.deepEqual([contentType, contentEncoding, headers], ['application/json', 'UTF-8', {}])
    }
    assert.deepEqual(inOrder(came.slice(0, -1).map(({ body }) => body)), inOrder(parsed(trainees)))
    const sent = await untilEnd(sqs, queueUrl)
    assert.deepEqual(inOrder(sent), inOrder(parsed(doctors)))
    await publisher.close()
  })
})

/** Ours writes dates as text, which the Java services read as well. */
function parsed({ rows }: Sent): unknown[] {
  return rows.map((row) => JSON.parse(withTextDates(textOf(row))) as unknown)
}

const inOrder = (bodies: readonly unknown[]): string[] => bodies.map((body) => JSON.stringify(body)).sort()

/** Everything on the queue; SQS may give the end before the rest, so that it is read until it is empty. */
async function untilEnd(sqs: SQSClient, queueUrl: string): Promise<unknown[]> {
  const rows: unknown[] = []
  let isOver = false
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 })
    const { Messages = [] } = await sqs.send(receive)
    if (Messages.length === 0 && isOver) return rows
    for (const { Body = '', ReceiptHandle } of Messages) {
      const body = JSON.parse(Body) as { syncEnd?: boolean }
      if (body.syncEnd === true) isOver = true
      else rows.push(body)
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
    }
  }
}
