import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { inspectRabbitmq } from '../../../src/adapters/broker/rabbitmq/inspect.ts'
import { openRabbitmqBroker } from '../../../src/adapters/broker/rabbitmq/open.ts'
import type { RabbitmqSettings } from '../../../src/adapters/broker/rabbitmq/settings.ts'
import type { Topology } from '../../../src/messages/topology.ts'
import type { Finding } from '../../../src/ports/finding.ts'
import { eventually, Inbox, messageOf } from '../../contract/broker/inbox.ts'
import { declareAsJavaDoes, foreignClient, namespace, removeAll, settingsOf } from './rabbitmq-place.ts'

function ownNames(t: TestContext): Topology {
  const topology = namespace()
  t.after(() => removeAll(topology))
  return topology
}

function inspect(
  topology: Topology,
  queues: 'declare' | 'passive',
  changed: Partial<RabbitmqSettings> = {},
): Promise<readonly Finding[]> {
  return inspectRabbitmq({ settings: settingsOf(changed), topology, queues, connectTimeoutMs: 5_000 })
}

function about(findings: readonly Finding[], what: string): Finding {
  const found = findings.find((finding) => finding.what === what)
  assert.ok(found, `nothing was found about ${what}`)
  return found
}

const bad = (findings: readonly Finding[]) => findings.filter(({ status }) => status === 'fail')

test('on an empty server nothing is wrong where queues may be declared, and nothing is declared', async (t) => {
  const topology = ownNames(t)
  const findings = await inspect(topology, 'declare')
  assert.deepEqual(
    findings.filter(({ status }) => status !== 'ok'),
    [],
  )
  assert.match(findings[0]?.found ?? '', /^logged in as /)
  assert.match(about(findings, `queue ${topology.queues.traineeData}`).found, /will be declared/)
  await using client = foreignClient()
  await assert.rejects(client.queueDeclare({ queue: topology.queues.traineeData, passive: true }))
  await assert.rejects(client.exchangeDeclare({ exchange: topology.exchange, passive: true }))
})

test('where queues are taken as they are, everything that is missing is told at once, with its setting', async (t) => {
  const topology = ownNames(t)
  const findings = bad(await inspect(topology, 'passive'))
  // The exchange and eight queues; what is ours alone is declared in either mode.
  assert.equal(findings.length, 9)
  assert.ok(findings.every(({ found }) => found.startsWith('QUEUE_MISSING')))
  assert.match(about(findings, `exchange ${topology.exchange}`).remedy ?? '', /REVAL_EXCHANGE/)
  const queue = about(findings, `queue ${topology.queues['getMaster.connection']}`)
  assert.match(queue.remedy ?? '', /REVAL_QUEUE_GET_MASTER_CONNECTION/)
})

test('queues that are neither durable nor exclusive are told of where they would be declared', async (t) => {
  const topology = ownNames(t)
  const finding = about(
    await inspect(topology, 'declare', { rabbitmqQueueType: 'transient' }),
    `queue ${topology.queues.traineeData}`,
  )
  assert.equal(finding.status, 'warn')
  assert.match(finding.remedy ?? '', /RabbitMQ 4\.3 .*REVAL_RABBITMQ_QUEUE_TYPE/)
})

test('the queues of the Java services are fine as they are, and differ where they would be declared', async (t) => {
  const topology = ownNames(t)
  await declareAsJavaDoes(topology)
  assert.deepEqual(bad(await inspect(topology, 'passive')), [])
  assert.deepEqual(bad(await inspect(topology, 'declare', { rabbitmqQueueType: 'transient' })), [])
  const differing = bad(await inspect(topology, 'declare'))
  assert.equal(differing.length, 8)
  for (const { found, remedy } of differing) {
    assert.match(found, /^QUEUE_DIFFERS: .*inequivalent arg/)
    assert.match(remedy ?? '', /REVAL_QUEUES=passive/)
  }
})

test('an exchange of the wrong type is found out', async (t) => {
  const topology = ownNames(t)
  await using client = foreignClient()
  await client.exchangeDeclare({ exchange: topology.exchange, type: 'fanout', durable: true })
  for (const mode of ['declare', 'passive'] as const) {
    const finding = about(await inspect(topology, mode), `exchange ${topology.exchange}`)
    assert.equal(finding.status, 'fail')
    assert.match(finding.found, /fanout/)
    assert.match(finding.remedy ?? '', /REVAL_EXCHANGE to a direct exchange/)
  }
})

test('what waits and what was put aside is counted, and stays', async (t) => {
  const topology = ownNames(t)
  const broker = await openRabbitmqBroker({ settings: settingsOf(), topology, queues: 'declare' })
  t.after(() => broker.close())
  for (const text of ['poison', 'one', 'two']) await broker.publish('syncStart', messageOf(text))
  const inbox = await Inbox.open(broker, 'syncStart', 1)
  await (await inbox.take()).deadLetter('MESSAGE_INVALID', 'no command')
  await inbox.consumer.stop()
  const name = topology.queues.syncStart
  for (let looking = 0; looking < 2; looking++) {
    const findings = await eventually(
      () => inspect(topology, 'declare'),
      (found) => about(found, `queue ${name}`).found.startsWith('2 messages'),
    )
    assert.match(about(findings, `queue ${name}`).found, /^2 messages waiting/)
    const letters = await eventually(
      async () => about(await inspect(topology, 'declare'), `queue ${name}.dlq`),
      ({ status }) => status === 'warn',
    )
    assert.equal(letters.status, 'warn')
    assert.match(letters.found, /^1 dead letter \(MESSAGE_INVALID 1\); oldest: MESSAGE_INVALID: no command$/)
    assert.deepEqual(bad(findings), [])
  }
})

test('a server that is away, and a login that is refused, are findings', async () => {
  const [away, ...others] = await inspect(namespace(), 'declare', { rabbitmqUrl: 'amqp://127.0.0.1:1' })
  assert.deepEqual(others, [])
  assert.equal(away?.status, 'fail')
  assert.match(away.found, /^SERVER_UNREACHABLE: .*REVAL_RABBITMQ_URL/)
  const refused = bad(await inspect(namespace(), 'declare', { rabbitmqPassword: 'certainly-wrong' }))
  assert.equal(refused.length, 1)
  assert.match(refused[0]?.found ?? '', /^SERVER_LOGIN_REFUSED: .*REVAL_RABBITMQ_PASSWORD/)
})
