import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from 'rabbitmq-client'
import type { RabbitmqBrokerOptions } from '../../../src/adapters/broker/rabbitmq/broker.ts'
import { openRabbitmqBroker } from '../../../src/adapters/broker/rabbitmq/open.ts'
import type { RabbitmqSettings } from '../../../src/adapters/broker/rabbitmq/settings.ts'
import { DEFAULT_TOPOLOGY, type Topology } from '../../../src/messages/topology.ts'
import { QUEUES, type Broker } from '../../../src/ports/broker.ts'
import type { BrokerFactory } from '../../contract/broker.ts'
import { servers } from '../servers.ts'

/** A client of no adapter: what another program would see and do. Closes itself with `await using`. */
export function foreignClient(): Connection & AsyncDisposable {
  const { url, user, password } = servers.rabbitmq
  const { hostname, port } = new URL(url)
  const client = new Connection({ hostname, port, username: user, password })
  client.on('error', (error: unknown) => {
    throw error
  })
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

export function settingsOf(changed: Partial<RabbitmqSettings> = {}): RabbitmqSettings {
  const { url, user, password } = servers.rabbitmq
  return {
    rabbitmqUrl: url,
    rabbitmqUser: user,
    rabbitmqPassword: password,
    rabbitmqCa: null,
    rabbitmqQueueType: 'quorum',
    rabbitmqDeliveryLimit: 20,
    ...changed,
  }
}

/** Names that no other test has. */
export function namespace(): Topology {
  const prefix = `test.${randomUUID().slice(0, 8)}.`
  return {
    exchange: `${prefix}${DEFAULT_TOPOLOGY.exchange}`,
    routes: DEFAULT_TOPOLOGY.routes,
    queues: Object.fromEntries(
      QUEUES.map((queue) => [queue, `${prefix}${DEFAULT_TOPOLOGY.queues[queue]}`]),
    ) as Topology['queues'],
  }
}

/** Removes everything that may be at the server under these names. */
export async function removeAll({ exchange, queues }: Topology): Promise<void> {
  await using client = foreignClient()
  for (const name of Object.values(queues)) {
    for (const queue of [name, `${name}.dlq`]) await client.queueDelete({ queue })
  }
  await client.exchangeDelete({ exchange })
}

/** What the Java services declare, by a program that is none of ours. */
export async function declareAsJavaDoes({ exchange, queues, routes }: Topology): Promise<void> {
  await using client = foreignClient()
  await client.exchangeDeclare({ exchange, type: 'direct', durable: true })
  for (const route of Object.values(routes)) {
    if (route.key === null) continue
    for (const queue of route.queues) {
      await client.queueDeclare({ queue: queues[queue], durable: false })
      await client.queueBind({ queue: queues[queue], exchange, routingKey: route.key })
    }
  }
}

/** A quorum queue of trainees that does not keep itself to a single consumer. */
export async function declareSharedQuorum({ exchange, queues, routes }: Topology): Promise<void> {
  await using client = foreignClient()
  const queue = queues.traineeData
  await client.exchangeDeclare({ exchange, type: 'direct', durable: true })
  await client.queueDeclare({ queue, durable: true, arguments: { 'x-queue-type': 'quorum' } })
  await client.queueBind({ queue, exchange, routingKey: routes.traineeData.key ?? '' })
}

export interface Kind {
  readonly settings?: Partial<RabbitmqSettings>
  readonly queues: RabbitmqBrokerOptions['queues']
  /** Done before the first broker is opened. */
  readonly before?: (topology: Topology) => Promise<void>
}

/** Places with queues of one kind. */
export function placesOf({ settings = {}, queues, before }: Kind): BrokerFactory {
  return async () => {
    const topology = namespace()
    await before?.(topology)
    const opened: Broker[] = []
    const open = async () => {
      const broker = await openRabbitmqBroker({ settings: settingsOf(settings), topology, queues })
      opened.push(broker)
      return broker
    }
    return {
      broker: await open(),
      now: () => performance.now(),
      wallClock: () => Date.now(),
      passTime: (milliseconds) => pause(milliseconds),
      reopen: open,
      dispose: async () => {
        for (const broker of opened) await broker.close()
        await removeAll(topology)
      },
    }
  }
}
