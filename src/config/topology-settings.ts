import { z } from 'zod'
import { oneOf, setting, type Setting, type SettingValues } from '../adapters/setting.ts'
import { DEFAULT_TOPOLOGY, type QueueName, type RouteName, type Topology } from '../messages/topology.ts'

/** The name of an exchange, key or queue. */
function name(): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .refine((text) => /^[\w.:-]{1,120}$/.test(text), 'must consist of letters, digits and . _ : -')
}

type Variable = Setting['variable']

const queue = (variable: Variable, queueName: QueueName, description: string) =>
  setting({ variable, schema: name(), fallback: DEFAULT_TOPOLOGY.queues[queueName], unit: null, description })

const key = (variable: Variable, route: RouteName, description: string) =>
  setting({ variable, schema: name(), fallback: DEFAULT_TOPOLOGY.routes[route].key ?? '', unit: null, description })

/** The names that the brokers know the routes by; the defaults are the reference's own. */
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
  keySyncStart: key('REVAL_KEY_SYNC_START', 'syncStart', 'routing key of syncStart'),
  keyTraineeData: key('REVAL_KEY_TRAINEE_DATA', 'traineeData', 'routing key of trainees'),
  keyGmcSyncStart: key('REVAL_KEY_GMC_SYNC_START', 'gmcSyncStart', 'routing key of gmcSyncStart'),
  keyGetMaster: key('REVAL_KEY_GET_MASTER', 'getMaster', 'routing key of getMaster'),
  keyTraineeChanged: key('REVAL_KEY_TRAINEE_CHANGED', 'traineeChanged', 'routing key of changed trainees'),
  keyMasterRowChanged: key('REVAL_KEY_MASTER_ROW_CHANGED', 'masterRowChanged', 'routing key of changed master rows'),
  queueSyncStart: queue('REVAL_QUEUE_SYNC_START', 'syncStart', 'queue of syncStart, for tcs'),
  queueTraineeData: queue('REVAL_QUEUE_TRAINEE_DATA', 'traineeData', 'queue of trainees, for integration'),
  queueGmcSyncStart: queue('REVAL_QUEUE_GMC_SYNC_START', 'gmcSyncStart', 'queue of gmcSyncStart, for recommendation'),
  queueDoctorData: queue('REVAL_QUEUE_DOCTOR_DATA', 'doctorData', 'SQS queue of doctors, for integration'),
  queueGetMasterRecommendation: queue(
    'REVAL_QUEUE_GET_MASTER_RECOMMENDATION',
    'getMaster.recommendation',
    'queue of getMaster, for recommendation',
  ),
  queueGetMasterConnection: queue(
    'REVAL_QUEUE_GET_MASTER_CONNECTION',
    'getMaster.connection',
    'queue of getMaster, for connection',
  ),
  queueTraineeChanged: queue(
    'REVAL_QUEUE_TRAINEE_CHANGED',
    'traineeChanged',
    'queue of changed trainees, for integration',
  ),
  queueMasterRowChangedRecommendation: queue(
    'REVAL_QUEUE_MASTER_ROW_CHANGED_RECOMMENDATION',
    'masterRowChanged.recommendation',
    'queue of changed master rows, for recommendation',
  ),
  queueMasterRowChangedConnection: queue(
    'REVAL_QUEUE_MASTER_ROW_CHANGED_CONNECTION',
    'masterRowChanged.connection',
    'queue of changed master rows, for connection',
  ),
} as const

/** The topology that the settings come to. */
export function topologyOf(read: SettingValues<typeof TOPOLOGY_SETTINGS>): Topology {
  const { routes } = DEFAULT_TOPOLOGY
  return {
    exchange: read.exchange,
    routes: {
      ...routes,
      syncStart: { ...routes.syncStart, key: read.keySyncStart },
      traineeData: { ...routes.traineeData, key: read.keyTraineeData },
      gmcSyncStart: { ...routes.gmcSyncStart, key: read.keyGmcSyncStart },
      getMaster: { ...routes.getMaster, key: read.keyGetMaster },
      traineeChanged: { ...routes.traineeChanged, key: read.keyTraineeChanged },
      masterRowChanged: { ...routes.masterRowChanged, key: read.keyMasterRowChanged },
    },
    queues: {
      syncStart: read.queueSyncStart,
      traineeData: read.queueTraineeData,
      gmcSyncStart: read.queueGmcSyncStart,
      doctorData: read.queueDoctorData,
      'getMaster.recommendation': read.queueGetMasterRecommendation,
      'getMaster.connection': read.queueGetMasterConnection,
      traineeChanged: read.queueTraineeChanged,
      'masterRowChanged.recommendation': read.queueMasterRowChangedRecommendation,
      'masterRowChanged.connection': read.queueMasterRowChangedConnection,
    },
  }
}
