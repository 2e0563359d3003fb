import { RevalError } from '../../errors/reval-error.ts'
import type { Broker, Queue, Route } from '../../ports/broker.ts'

/** A broker, and what it carries of the whole. */
export interface BrokerPart {
  readonly broker: Broker
  readonly routes: readonly Route[]
  readonly queues: readonly Queue[]
}

/**
 * One broker made of several, each with routes and queues of its own. It can do what all of them can. A route or queue
 * that none of them carries is refused with INTERNAL: all of them where there is no part. Throws INTERNAL where two
 * carry the same.
 */
export function routeToBrokers(parts: readonly BrokerPart[]): Broker {
  const brokers = [...new Set(parts.map(({ broker }) => broker))]
  const ofRoutes = carriers(parts, ({ routes }) => routes)
  const ofQueues = carriers(parts, ({ queues }) => queues)
  return {
    capabilities: {
      keepsMessages: brokers.every(({ capabilities }) => capabilities.keepsMessages),
      exclusive: brokers.every(({ capabilities }) => capabilities.exclusive),
    },
    publish: async (route, message, signal) => carrier(ofRoutes, route).publish(route, message, signal),
    consume: async (queue, options, handler) => carrier(ofQueues, queue).consume(queue, options, handler),
    depth: async (queue) => carrier(ofQueues, queue).depth(queue),
    queueState: async (queue) => carrier(ofQueues, queue).queueState(queue),
    countDeadLetters: async (queue) => carrier(ofQueues, queue).countDeadLetters(queue),
    deadLetters: async (queue, limit) => carrier(ofQueues, queue).deadLetters(queue, limit),
    eachDeadLetter: async (queue, visit) => carrier(ofQueues, queue).eachDeadLetter(queue, visit),
    removeDeadLetters: async (queue, ids) => carrier(ofQueues, queue).removeDeadLetters(queue, ids),
    ping: async () => {
      await Promise.all(brokers.map((broker) => broker.ping()))
    },
    /** Closes all of them, whatever becomes of the others, and rejects with the first fault. */
    close: async () => {
      const closings = await Promise.allSettled(brokers.map((broker) => broker.close()))
      const failed = closings.find((closing) => closing.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
  }
}

function carriers<T extends string>(
  parts: readonly BrokerPart[],
  carried: (part: BrokerPart) => readonly T[],
): ReadonlyMap<T, Broker> {
  const brokers = new Map<T, Broker>()
  for (const part of parts) {
    for (const name of carried(part)) {
      if (brokers.has(name)) throw new RevalError('INTERNAL', `two brokers serve ${name}`)
      brokers.set(name, part.broker)
    }
  }
  return brokers
}

function carrier<T extends string>(brokers: ReadonlyMap<T, Broker>, name: T): Broker {
  const broker = brokers.get(name)
  if (broker === undefined) throw new RevalError('INTERNAL', `no broker serves ${name}`)
  return broker
}
