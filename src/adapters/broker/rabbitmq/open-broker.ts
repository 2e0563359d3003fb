import { RevalError } from '../../../errors/reval-error.ts'
import type { Broker } from '../../../ports/broker.ts'
import { checkTopology } from '../topology.ts'
import { addressOf } from './address.ts'
import { RabbitmqBroker, type RabbitmqBrokerOptions } from './broker.ts'
import { greetAny, isAtLeast } from './greeting.ts'
import { Link } from './link.ts'
import { Queues } from './queues.ts'

export const CONNECT_TIMEOUT_MS = 10_000

/**
 * Connects to RabbitMQ, for the routes that have a key. Exchange and queues are declared or looked for when they are
 * needed first. Rejects SERVER_UNREACHABLE (transient where the network is the trouble), SERVER_LOGIN_REFUSED,
 * SERVER_UNSUITABLE and CONFIG_INVALID, and leaves nothing open then.
 */
export async function openRabbitmqBroker(options: RabbitmqBrokerOptions): Promise<Broker> {
  const { topology, settings, queues: mode, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options
  checkTopology(topology)
  const address = addressOf(settings)
  const { version } = await greetAny(address, connectTimeoutMs)
  if (mode === 'declare' && settings.rabbitmqQueueType === 'quorum') assertQuorumQueues(version)
  const link = await Link.open(settings, address, connectTimeoutMs)
  return new RabbitmqBroker(options, link, new Queues({ link, topology, settings, version, mode }))
}

/** Throws SERVER_UNSUITABLE for a server whose quorum queues cannot do what is needed of them. */
export function assertQuorumQueues(version: string): void {
  if (isAtLeast(version, 3, 10)) return
  const message = `RabbitMQ ${version} has no message TTL for quorum queues; use 3.10 or later, or set REVAL_RABBITMQ_QUEUE_TYPE=classic`
  throw new RevalError('SERVER_UNSUITABLE', message)
}
