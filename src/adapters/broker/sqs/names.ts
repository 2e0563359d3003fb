import { RevalError } from '../../../errors/reval-error.ts'
import type { Topology } from '../../../messages/topology.ts'
import { ROUTES, type Queue } from '../../../ports/broker.ts'
import { checkTopology, deadLetterName } from '../topology.ts'

const QUEUE_NAME = /^[\w-]{1,80}$/

/** The queues that SQS carries: those that a route reaches without an exchange. */
export function queuesOnSqs(topology: Topology): readonly Queue[] {
  return ROUTES.map((route) => topology.routes[route])
    .filter(({ key }) => key === null)
    .flatMap(({ queues }) => queues)
}

/** Throws CONFIG_INVALID for a topology that SQS cannot have. */
export function checkNames(topology: Topology): void {
  checkTopology(topology)
  const wrong = queuesOnSqs(topology).filter((queue) => !QUEUE_NAME.test(deadLetterName(topology, queue)))
  if (wrong.length === 0) return
  const names = wrong.map((queue) => `${queue}: ${topology.queues[queue]}`).join(', ')
  throw new RevalError(
    'CONFIG_INVALID',
    `SQS queue names are limited to 76 letters, digits, hyphens and underscores: ${names}`,
  )
}
