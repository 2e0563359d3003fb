import { RABBITMQ_SETTINGS } from '../src/adapters/broker/rabbitmq/settings.ts'
import { SQS_SETTINGS } from '../src/adapters/broker/sqs/settings.ts'
import { SEARCH_SETTINGS } from '../src/adapters/opensearch/settings.ts'
import { MONGODB_SETTINGS } from '../src/adapters/sources/mongodb/settings.ts'
import { MYSQL_SETTINGS } from '../src/adapters/sources/mysql/settings.ts'
import { LIKENESS_SETTINGS } from '../src/config/likeness-settings.ts'
import { LIST_SETTINGS } from '../src/config/list-settings.ts'
import { ACCESS_SETTINGS } from '../src/config/access-settings.ts'
import { CONSOLE_SETTINGS } from '../src/config/console-settings.ts'
import { NOTIFICATION_SETTINGS } from '../src/config/notification-settings.ts'
import { SCHEDULE_SETTINGS } from '../src/config/schedule-settings.ts'
import { REMOTE_SETTINGS } from '../src/config/remote-settings.ts'
import { SETTINGS, type SettingName } from '../src/config/settings.ts'
import { TOPOLOGY_SETTINGS } from '../src/config/topology-settings.ts'

/** A section of docs/settings.md. */
export interface SettingGroup {
  readonly heading: string
  readonly names: readonly SettingName[]
}

const namesOf = (table: object) => Object.keys(table) as SettingName[]

/** Each setting is in exactly one group. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    heading: 'Process',
    names: [
      'backends',
      'dataDir',
      'scratchDir',
      'fillWith',
      'host',
      'port',
      'publicUrl',
      'logLevel',
      'logFormat',
      'tracesUrl',
    ],
  },
  { heading: 'Access', names: namesOf(ACCESS_SETTINGS) },
  { heading: 'Command line', names: namesOf(REMOTE_SETTINGS) },
  { heading: 'Rules', names: ['trainees', 'designatedBodies'] },
  { heading: 'Lists', names: namesOf(LIST_SETTINGS) },
  { heading: 'Console', names: namesOf(CONSOLE_SETTINGS) },
  { heading: 'Other services', names: ['javaPeers', 'quietMs', 'unprovedShare'] },
  {
    heading: 'Throughput and source load',
    names: ['messageRows', 'messageBytes', 'sendAheadBytes', 'prefetch', 'writeRows', 'sourceRowsPerSecond'],
  },
  { heading: 'Live changes', names: ['liveChanges', 'sourceLagMs'] },
  { heading: 'Verification', names: ['verifySettleMs'] },
  { heading: 'Schedule', names: namesOf(SCHEDULE_SETTINGS) },
  { heading: 'Notifications', names: namesOf(NOTIFICATION_SETTINGS) },
  {
    heading: 'Leases and time limits',
    names: [
      'pollMs',
      'writerLeaseMs',
      'leaseMs',
      'claimTimeoutMs',
      'claimTries',
      'stallMs',
      'maxRestarts',
      'maxTakeovers',
    ],
  },
  {
    heading: 'Checks and retention',
    names: [
      ...namesOf(LIKENESS_SETTINGS),
      'acceptFailures',
      'previewShare',
      'keepRuns',
      'keepRunsMs',
      'keepHeldBackMs',
      'keepPreviousMs',
      'keepFailuresMs',
      'keepAuditMs',
    ],
  },
  { heading: 'RabbitMQ', names: namesOf(RABBITMQ_SETTINGS) },
  { heading: 'SQS', names: namesOf(SQS_SETTINGS) },
  { heading: 'MySQL', names: namesOf(MYSQL_SETTINGS) },
  { heading: 'MongoDB', names: namesOf(MONGODB_SETTINGS) },
  { heading: 'Search engine', names: namesOf(SEARCH_SETTINGS) },
  { heading: 'Exchange and queues', names: namesOf(TOPOLOGY_SETTINGS) },
]

/** Throws if a setting is in no group or in several. */
export function checkGroups(groups: readonly SettingGroup[]): void {
  for (const name of namesOf(SETTINGS)) {
    const times = groups.filter(({ names }) => names.includes(name)).length
    if (times !== 1)
      throw new Error(`${name} is in ${times} groups of scripts/setting-groups.ts; must be in exactly one`)
  }
}

/** The anchor that GitHub generates for the heading. */
export function anchorOf({ heading }: SettingGroup): string {
  return heading.toLowerCase().replaceAll(' ', '-')
}
