import type { MethodParams, Cmd } from 'rabbitmq-client'
import type { Topology } from '../../../messages/topology.ts'
import { WRITER_QUEUES, type Queue } from '../../../ports/broker.ts'
import { deadLetterName } from '../topology.ts'
import { isAtLeast } from './greeting.ts'
import type { RabbitmqSettings } from './settings.ts'

/**
 * With it the queue itself gives everything to one consumer, and to the next only what that one left. Quorum queues
 * do not know exclusive consumers; classic ones do, and those refuse them where this argument is set.
 */
const SINGLE_CONSUMER = 'x-single-active-consumer'

export type Declaration = MethodParams[Cmd.QueueDeclare] & { readonly queue: string }

/** A queue and the two that belong to it, as they are declared. */
export interface Declarations {
  readonly main: Declaration
  readonly deadLetters: Declaration
  /** Where messages wait until they come again: they expire there, and the broker moves them back. */
  readonly retry: Declaration
}

export interface DeclaringOptions {
  readonly topology: Topology
  readonly settings: RabbitmqSettings
  /** Version of the server. */
  readonly version: string
}

/** The name of the queue in which messages wait that come again later. */
export function retryName(topology: Topology, queue: Queue): string {
  return `${topology.queues[queue]}.retry`
}

/** How a queue, its dead letter queue and its retry queue are declared, by the type that is set. */
export function declarationsOf(queue: Queue, { topology, settings, version }: DeclaringOptions): Declarations {
  const name = topology.queues[queue]
  const deadLetters = deadLetterName(topology, queue)
  const retry = retryName(topology, queue)
  if (settings.rabbitmqQueueType === 'quorum') {
    const quorum = { 'x-queue-type': 'quorum' } as const
    return {
      main: {
        queue: name,
        durable: true,
        arguments: {
          ...quorum,
          'x-delivery-limit': settings.rabbitmqDeliveryLimit,
          ...(WRITER_QUEUES.includes(queue) && { [SINGLE_CONSUMER]: true }),
          ...movingTo(deadLetters),
          ...AT_LEAST_ONCE,
        },
      },
      deadLetters: { queue: deadLetters, durable: true, arguments: { ...quorum, ...unlimited(version) } },
      retry: { queue: retry, durable: true, arguments: { ...quorum, ...movingTo(name), ...AT_LEAST_ONCE } },
    }
  }
  const classic = { 'x-queue-type': 'classic' } as const
  return {
    main:
      settings.rabbitmqQueueType === 'classic'
        ? { queue: name, durable: true, arguments: classic }
        : { queue: name, durable: false },
    deadLetters: { queue: deadLetters, durable: true, arguments: classic },
    retry: { queue: retry, durable: true, arguments: { ...classic, ...movingTo(name) } },
  }
}

/** The queue as it was declared before there were single consumers; null where it is no other. */
export function withoutSingleConsumer(declaration: Declaration): Declaration | null {
  const { [SINGLE_CONSUMER]: single, ...others } = declaration.arguments ?? {}
  return single === undefined ? null : { ...declaration, arguments: others }
}

/** Dead letters of a quorum queue that are kept until the queue they go to has them; the strategy needs the overflow. */
const AT_LEAST_ONCE = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' } as const

/** Dead letters go to a queue by its name. */
function movingTo(queue: string): Record<string, string> {
  return { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue }
}

/**
 * Each reading of the dead letters counts as a delivery. From version 4 on a quorum queue has a limit of 20 unless it
 * is told that it has none, and would throw letters away; earlier ones have none, and do not take the word for it.
 */
function unlimited(version: string): Record<string, number> {
  return version !== 'unknown' && isAtLeast(version, 4, 0) ? { 'x-delivery-limit': -1 } : {}
}
