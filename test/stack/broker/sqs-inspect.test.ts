import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { inspectSqs } from '../../../src/adapters/broker/sqs/inspect.ts'
import type { Finding } from '../../../src/ports/finding.ts'
import { settingsOf, SqsPlace } from './sqs-place.ts'
import { SqsProxy } from './sqs-proxy.ts'

function place(t: TestContext): SqsPlace {
  const made = new SqsPlace()
  t.after(() => made.dispose())
  return made
}

async function create(here: SqsPlace, name: string, attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl = '' } = await here.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))
  return QueueUrl
}

function inspect(here: SqsPlace, queues: 'declare' | 'passive' = 'passive'): Promise<readonly Finding[]> {
  return inspectSqs({ settings: settingsOf(), topology: here.topology, queues, used: ['syncStart', 'doctorData'] })
}

const statuses = (findings: readonly Finding[]) => findings.map(({ status }) => status)

describe('looking at SQS before anything is started', () => {
  test('queues that are as they should be are OK, with the number of waiting messages', async (t) => {
    const here = place(t)
    const url = await create(here, here.name, { VisibilityTimeout: '45' })
    await create(here, `${here.name}-dlq`)
    await here.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '1' }))
    const findings = await inspect(here)
    assert.deepEqual(statuses(findings), ['ok', 'ok', 'ok'])
    assert.match(findings[0]?.what ?? '', /REVAL_SQS_ENDPOINT/)
    assert.ok(findings[1]?.what.includes(here.name))
    assert.match(findings[1]?.found ?? '', /1 waiting, 0 in flight, visibility timeout 45 s/)
  })

  test('queues that are missing fail if they are not declared; nothing is created', async (t) => {
    const here = place(t)
    for (let looking = 0; looking < 2; looking++) {
      const findings = await inspect(here)
      assert.deepEqual(statuses(findings), ['ok', 'fail', 'warn'])
      assert.match(findings[1]?.remedy ?? '', /REVAL_QUEUE_DOCTOR_DATA.*REVAL_QUEUES=declare/)
      const letters = findings[2]
      assert.ok(letters)
      assert.equal(letters.what, `SQS queue ${here.name}-dlq`)
      assert.match(letters.remedy ?? '', /REVAL_QUEUES=declare/)
      assert.deepEqual(statuses(await inspect(here, 'declare')), ['ok', 'ok', 'ok'])
    }
  })

  test('dead letters, and a redrive policy that has a low count or points elsewhere, warn', async (t) => {
    const here = place(t)
    const letters = await create(here, `${here.name}-dlq`)
    await here.client.send(new SendMessageCommand({ QueueUrl: letters, MessageBody: '1' }))
    const asking = new GetQueueAttributesCommand({ QueueUrl: letters, AttributeNames: ['QueueArn'] })
    const { Attributes: { QueueArn: arn = '' } = {} } = await here.client.send(asking)
    const redrive = (maxReceiveCount: number) => JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount })
    await create(here, here.name, { RedrivePolicy: redrive(3) })
    const findings = await inspect(here)
    assert.deepEqual(statuses(findings), ['ok', 'ok', 'warn', 'warn'])
    assert.match(findings[2]?.found ?? '', new RegExp(`to ${here.name}-dlq after 3 deliveries`))
    assert.match(findings[2]?.remedy ?? '', /maxReceiveCount to at least 5/)
    assert.match(findings[3]?.found ?? '', /1 dead letters/)

    const other = place(t)
    await create(other, other.name, { RedrivePolicy: redrive(5) })
    const elsewhere = (await inspect(other)).find(({ what }) => what.includes('redrive policy'))
    assert.equal(elsewhere?.status, 'warn')
    assert.match(elsewhere.remedy ?? '', new RegExp(`Change the target to ${other.name}-dlq`))
  })

  test('a queue that accepts less than the settings send warns', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    await create(here, here.name)
    // The server of the stack does not tell it.
    proxy.onAnswer = ({ action }, { body }) => {
      if (action === 'GetQueueAttributes') Object.assign(body.Attributes ?? {}, { MaximumMessageSize: '1024' })
    }
    const settings = settingsOf({ sqsEndpoint: proxy.endpoint })
    const findings = await inspectSqs({ settings, topology: here.topology, queues: 'passive', used: ['doctorData'] })
    const warning = findings.find(({ what }) => what.includes('message size'))
    assert.match(warning?.remedy ?? '', /REVAL_SQS_MAX_MESSAGE_BYTES=1024/)
  })

  test('a server that cannot be reached or refuses the keys is one finding, and nothing rejects', async (t) => {
    const here = place(t)
    const proxy = await SqsProxy.open(t)
    const settings = settingsOf({ sqsEndpoint: proxy.endpoint })
    const look = () => inspectSqs({ settings, topology: here.topology, queues: 'declare', used: ['doctorData'] })
    proxy.onCall = () => ({ status: 403, body: { __type: 'com.amazonaws.sqs#InvalidClientTokenId', message: 'no' } })
    const [refused, ...none] = await look()
    assert.deepEqual(none, [])
    assert.equal(refused?.status, 'fail')
    assert.match(refused.found, /REVAL_SQS_ACCESS_KEY_ID/)
    proxy.cut()
    const [away] = await look()
    assert.equal(away?.status, 'fail')
    assert.match(away.found, /cannot reach .*REVAL_SQS_ENDPOINT/)
    assert.ok(away.remedy)
  })
})
