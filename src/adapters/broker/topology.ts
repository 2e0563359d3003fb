import { RevalError } from '../../errors/reval-error.ts'
import type { Topology } from '../../messages/topology.ts'
import { QUEUES, ROUTES, type Queue, type Route } from '../../ports/broker.ts'

/** The routing key that a queue is bound with; null for one that stands alone, as on SQS. */
export function bindingKey(topology: Topology, queue: Queue): string | null {
  const feeding = Object.values(topology.routes).find(({ queues }) => queues.includes(queue))
  return feeding?.key ?? null
}

/** The name of a queue's dead letter queue. SQS, where a queue stands alone, allows no full stop in a name. */
export function deadLetterName(topology: Topology, queue: Queue): string {
  return `${topology.queues[queue]}${bindingKey(topology, queue) === null ? '-dlq' : '.dlq'}`
}

/** The setting that holds the name of a queue: that of `doctorData` is REVAL_QUEUE_DOCTOR_DATA. */
export function queueVariable(queue: Queue): `REVAL_QUEUE_${string}` {
  return `REVAL_QUEUE_${inCapitals(queue)}`
}

/** The setting that holds the routing key of a route. */
export function keyVariable(route: Route): `REVAL_KEY_${string}` {
  return `REVAL_KEY_${inCapitals(route)}`
}

function inCapitals(name: string): string {
  return name.replace('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()
}

/** Throws CONFIG_INVALID where messages would get lost or mixed: a route without a queue, a name or key used twice. */
export function checkTopology(topology: Topology): void {
  const lost = ROUTES.filter((route) => topology.routes[route].queues.length === 0)
  refuse('no queue for the messages of', lost)
  const names = QUEUES.flatMap((queue) => [topology.queues[queue], deadLetterName(topology, queue)])
  refuse('queue name used more than once', repeated(names))
  const keys = ROUTES.map((route) => topology.routes[route].key)
  refuse('routing key used more than once', repeated(keys.filter((key) => key !== null)))
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

function refuse(fault: string, names: readonly string[]): void {
  if (names.length > 0) throw new RevalError('CONFIG_INVALID', `${fault}: ${names.join(', ')}`)
}
