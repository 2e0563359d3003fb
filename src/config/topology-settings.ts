import { z } from 'zod'
import { keyVariable, queueVariable } from '../adapters/broker/topology.ts'
import { oneOf, setting, type Setting, type SettingValues } from '../adapters/setting.ts'
import { DEFAULT_TOPOLOGY, QUEUE_NAMES, ROUTE_NAMES } from '../messages/topology.ts'
import type { QueueName, RouteName, RouteTopology, Topology } from '../messages/topology.ts'

/** The name of an exchange, key or queue. */
function name(): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .refine((text) => /^[\w.:-]{1,120}$/.test(text), 'must consist of letters, digits and . _ : -')
}

/** What goes through each route that has a routing key. */
const KEYS = {
  syncStart: 'syncStart',
  traineeData: 'trainees',
  gmcSyncStart: 'gmcSyncStart',
  getMaster: 'getMaster',
  traineeChanged: 'changed trainees',
  masterRowChanged: 'changed master rows',
} as const satisfies Partial<Record<RouteName, string>>

/** What each queue holds, and for which service. */
const QUEUES: Readonly<Record<QueueName, string>> = {
  syncStart: 'queue of syncStart, for tcs',
  traineeData: 'queue of trainees, for integration',
  gmcSyncStart: 'queue of gmcSyncStart, for recommendation',
  doctorData: 'SQS queue of doctors, for integration',
  'getMaster.recommendation': 'queue of getMaster, for recommendation',
  'getMaster.connection': 'queue of getMaster, for connection',
  traineeChanged: 'queue of changed trainees, for integration',
  doctorChanged: 'SQS queue of changed doctors (MongoDB change events), for integration',
  recommendationChanged: 'SQS queue of changed recommendations (MongoDB change events), for integration',
  'masterRowChanged.recommendation': 'queue of changed master rows, for recommendation',
  'masterRowChanged.connection': 'queue of changed master rows, for connection',
}

const KEYED = Object.keys(KEYS) as readonly (keyof typeof KEYS)[]
type KeySetting = `key ${keyof typeof KEYS}`
type QueueSetting = `queue ${QueueName}`

/** What brokers call the routes and queues; the defaults are those of the Java services. */
export const TOPOLOGY_SETTINGS = {
  queues: setting({
    variable: 'REVAL_QUEUES',
    schema: oneOf(['declare', 'passive']),
    fallback: 'declare',
    unit: null,
    description: 'declare: create the queues; passive: use them as they are, for example next to Java services',
  }),
  exchange: setting({
    variable: 'REVAL_EXCHANGE',
    schema: name(),
    fallback: DEFAULT_TOPOLOGY.exchange,
    unit: null,
    description: 'direct exchange for commands and trainees',
  }),
  ...(Object.fromEntries(KEYED.map((route) => [`key ${route}`, keySetting(route)])) as Record<KeySetting, NameSetting>),
  ...(Object.fromEntries(QUEUE_NAMES.map((queue) => [`queue ${queue}`, queueSetting(queue)])) as Record<
    QueueSetting,
    NameSetting
  >),
}

type NameSetting = Setting<string>

function keySetting(route: keyof typeof KEYS): NameSetting {
  const fallback = DEFAULT_TOPOLOGY.routes[route].key ?? ''
  const description = `routing key of ${KEYS[route]}`
  return setting({ variable: keyVariable(route), schema: name(), fallback, unit: null, description })
}

function queueSetting(queue: QueueName): NameSetting {
  const fallback = DEFAULT_TOPOLOGY.queues[queue]
  return setting({ variable: queueVariable(queue), schema: name(), fallback, unit: null, description: QUEUES[queue] })
}

/** The topology that the settings describe. */
export function topologyOf(read: SettingValues<typeof TOPOLOGY_SETTINGS>): Topology {
  const keys: Partial<Record<RouteName, string>> = Object.fromEntries(
    KEYED.map((route) => [route, read[`key ${route}`]]),
  )
  const routeOf = (route: RouteName): RouteTopology => {
    const { key, queues } = DEFAULT_TOPOLOGY.routes[route]
    return { key: keys[route] ?? key, queues }
  }
  return {
    exchange: read.exchange,
    routes: Object.fromEntries(ROUTE_NAMES.map((route) => [route, routeOf(route)])) as Topology['routes'],
    queues: Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, read[`queue ${queue}`]])) as Topology['queues'],
  }
}
