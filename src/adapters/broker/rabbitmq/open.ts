import type { Broker } from '../../../ports/broker.ts'
import { checkTopology } from '../topology.ts'
import { addressOf } from './address.ts'
import { RabbitmqBroker, type RabbitmqBrokerOptions } from './broker.ts'
import { RabbitmqConnection } from './connection.ts'
import { Queues } from './queues.ts'

export const CONNECT_TIMEOUT_MS = 10_000

/**
 * Connects to RabbitMQ, for the routes that have a key. Exchange and queues are declared or looked for when they are
 * needed first. Rejects SERVER_UNREACHABLE (transient where the network is the trouble), SERVER_LOGIN_REFUSED and
 * CONFIG_INVALID, and leaves nothing open then.
 */
export async function openRabbitmqBroker(options: RabbitmqBrokerOptions): Promise<Broker> {
  const { topology, settings, queues: mode, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options
  checkTopology(topology)
  const connection = await RabbitmqConnection.open(settings, addressOf(settings), connectTimeoutMs)
  return new RabbitmqBroker(options, connection, new Queues({ connection, topology, settings, mode }))
}
