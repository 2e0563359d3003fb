import type { MethodParams, Cmd } from 'rabbitmq-client'
import type { Topology } from '../../../messages/topology.ts'
import { WRITER_QUEUES, type Queue } from '../../../ports/broker.ts'
import { deadLetterName } from '../topology.ts'
import type { RabbitmqSettings } from './settings.ts'

export type Declaration = MethodParams[Cmd.QueueDeclare] & { readonly queue: string }

/** A queue and its dead letter queue, as they are declared. */
export interface Declarations {
  readonly main: Declaration
  readonly deadLetters: Declaration
}

export interface DeclaringOptions {
  readonly topology: Topology
  readonly settings: RabbitmqSettings
}

/**
 * A queue of dead letters has no limit of deliveries, though each reading counts as one: from version 4 on the default
 * is 20, after which letters would be thrown away. Earlier versions refuse -1, the word for no limit.
 */
const NEVER = 2 ** 31 - 1

/** How a queue and its dead letter queue are declared, by the type that is set. */
export function declarationsOf(queue: Queue, { topology, settings }: DeclaringOptions): Declarations {
  const name = topology.queues[queue]
  const deadLetters = deadLetterName(topology, queue)
  if (settings.rabbitmqQueueType === 'quorum') {
    const quorum = { 'x-queue-type': 'quorum' } as const
    return {
      main: {
        queue: name,
        durable: true,
        arguments: {
          ...quorum,
          'x-delivery-limit': settings.rabbitmqDeliveryLimit,
          // With it the queue itself gives everything to one consumer, and to the next only what that one left. Quorum
          // queues do not know exclusive consumers; classic ones do, and those refuse them where this argument is set.
          ...(WRITER_QUEUES.includes(queue) && { 'x-single-active-consumer': true }),
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': deadLetters,
          // Kept until the queue they go to has them; the strategy needs the overflow.
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      },
      deadLetters: { queue: deadLetters, durable: true, arguments: { ...quorum, 'x-delivery-limit': NEVER } },
    }
  }
  const classic = { 'x-queue-type': 'classic' } as const
  return {
    main:
      settings.rabbitmqQueueType === 'classic'
        ? { queue: name, durable: true, arguments: classic }
        : { queue: name, durable: false },
    deadLetters: { queue: deadLetters, durable: true, arguments: classic },
  }
}
