/** Every kind of message, and the queues it goes to. */
const ROUTED = {
  syncStart: { key: 'reval.connection.syncstart', queues: ['syncStart'] },
  traineeData: { key: 'reval.connection.syncdata', queues: ['traineeData'] },
  gmcSyncStart: { key: 'reval.recommendation.syncstart', queues: ['gmcSyncStart'] },
  doctorData: { key: null, queues: ['doctorData'] },
  getMaster: {
    key: 'reval.indexrebuildgetmastercommand.requested',
    queues: ['getMaster.recommendation', 'getMaster.connection'],
  },
  traineeChanged: { key: 'reval.connection.update', queues: ['traineeChanged'] },
  doctorChanged: { key: null, queues: ['doctorChanged'] },
  recommendationChanged: { key: null, queues: ['recommendationChanged'] },
  masterRowChanged: {
    key: 'reval.masterdoctorview.updated',
    queues: ['masterRowChanged.recommendation', 'masterRowChanged.connection'],
  },
} as const

export type RouteName = keyof typeof ROUTED
export type QueueName = (typeof ROUTED)[RouteName]['queues'][number]
export const ROUTE_NAMES = Object.keys(ROUTED) as unknown as readonly [RouteName, ...RouteName[]]
export const QUEUE_NAMES: readonly QueueName[] = Object.values(ROUTED).flatMap(
  ({ queues }): readonly QueueName[] => queues,
)

/** Where the messages of a route go. */
export interface RouteTopology {
  /** The routing key in the exchange; null for a route that goes straight to its queue, as on SQS. */
  readonly key: string | null
  /** Every one of them gets each message. */
  readonly queues: readonly QueueName[]
}

/** The names that a broker knows the routes and queues by. */
export interface Topology {
  readonly exchange: string
  readonly routes: Readonly<Record<RouteName, RouteTopology>>
  readonly queues: Readonly<Record<QueueName, string>>
}

/** The reference's names: defaults that can all be set. Source: docs/messages.md, first table. */
export const DEFAULT_TOPOLOGY: Topology = {
  exchange: 'reval.exchange',
  routes: ROUTED,
  queues: {
    syncStart: 'reval.queue.connection.syncstart',
    traineeData: 'reval.queue.connection.syncdata',
    gmcSyncStart: 'reval.queue.recommendation.syncstart',
    doctorData: 'tis-revalidation-sync-gmc-queue-prod',
    'getMaster.recommendation': 'reval.queue.indexrebuildgetmastercommand.requested.recommendation',
    'getMaster.connection': 'reval.queue.indexrebuildgetmastercommand.requested.connection',
    traineeChanged: 'reval.queue.connection.update',
    doctorChanged: 'tis-revalidation-cdc-doctor-queue-prod',
    recommendationChanged: 'tis-revalidation-cdc-recommendation-queue-prod',
    'masterRowChanged.recommendation': 'reval.queue.masterdoctorview.updated.recommendation',
    'masterRowChanged.connection': 'reval.queue.masterdoctorview.updated.connection',
  },
}
